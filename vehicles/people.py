"""Who may do what with one's cars until when: all cars, all people, on one page."""

from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import User
from vehicles.models import Share, Vehicle


def access_to_my_cars(*, user: User, now: datetime) -> QuerySet[Share]:
    """Running access and open invitations that this person gave, or that their organisations gave;
    people by name with all their cars together, invitations by address after them."""
    given = Share.objects.given_for(user, now).select_related("user__photo", "vehicle__model", "organisation")
    return given.order_by(
        F("user__last_name").asc(nulls_last=True), "user__first_name", "user_id", "email", "vehicle", "pk"
    )


def grouped(shares: list[Share]) -> list[tuple[Share, list[Share]]]:
    """One entry per person (or invited address), with all that they have, in the given order."""
    groups: dict[object, list[Share]] = {}
    for share in shares:
        groups.setdefault(share.user_id or share.email, []).append(share)
    return [(rows[0], rows) for rows in groups.values()]


def own_cars(*, user: User, now: datetime) -> QuerySet[Vehicle]:
    """The person's own cars at ``now``, without those of organisations."""
    owned = Vehicle.objects.filter(ownerships__user=user, ownerships__period__contains=now)
    return owned.select_related("model").order_by("pk")
