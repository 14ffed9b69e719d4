"""What each role may do in an organisation: the one table of these rights."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from common.errors import NotAllowed

Role = Membership.Role

RIGHTS: dict[str, frozenset[str]] = {
    # Cars and contracts, day by day: OWNED in vehicles/models/cars.py and Organisation.objects.run_by
    # decide the same inside queries.
    "run": frozenset(Role.running()),
    # Details, invoice address, members and their roles.
    "administer": frozenset({Role.ADMINISTRATOR}),
    # What can't be taken back: property leaves the organisation, or it ends.
    "give_cars_away": frozenset({Role.ADMINISTRATOR}),
    "close": frozenset({Role.ADMINISTRATOR}),
}
REFUSALS: dict[str, Any] = {
    "give_cars_away": _("Only an administrator of the organisation gives its cars away."),
}


def has_right(*, user: User, organisation_id: int | None, right: str) -> bool:
    """Whether the person acts for the organisation in a role that holds the right. One query.

    KeyError for a right that is not in the table.
    """
    held = Membership.objects.in_force().filter(user=user, organisation=organisation_id)
    return held.filter(role__in=RIGHTS[right]).exists()


def require_right(*, by: User, organisation_id: int | None, right: str) -> None:
    """Raises NotAllowed for everybody without the right."""
    if not has_right(user=by, organisation_id=organisation_id, right=right):
        raise NotAllowed(REFUSALS.get(right, _("Only administrators of the organisation do this.")))
