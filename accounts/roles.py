"""Who holds which role: granting, ending, leaving."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from accounts import scopes, sessions
from accounts.models import RoleGrant, User
from accounts.permissions import SCOPED_ROLES, Role
from common import realtime
from common.errors import Conflict, Invalid, NotAllowed
from journal import log


def require_right(by: User | None) -> None:
    """Raises NotAllowed unless ``by`` may grant and end roles; None is the house itself."""
    if by is not None and not by.has_permission("accounts.grant_roles"):
        raise NotAllowed(_("Only administrators grant and end roles."))


def role_at(role: Role | str, scope: models.Model | None) -> tuple[Role, dict[str, Any]]:
    """The role, and the columns of the place where it is to hold.

    Raises Invalid for a role that everybody has, or for a scope on one that holds everywhere.
    """
    role = Role(role)
    if role == Role.OWNER:
        raise Invalid(_("Everybody is an owner of what is theirs."), code="role_not_granted", field="role")
    if scope is not None and role not in SCOPED_ROLES:
        raise Invalid(_("This role always holds everywhere."), code="role_has_no_scope", field="scope")
    return role, scopes.place_of(scope)


def grant_role(
    *, by: User | None, user: User, role: Role | str, scope: models.Model | None = None, now: datetime
) -> RoleGrant:
    """Give a person a role, everywhere or within ``scope`` (a centre); they are told.

    ``by`` None is the house itself. Raises NotAllowed without the right, Invalid for a scope
    on a role that holds everywhere or for a role that everybody has, Conflict when they hold
    it already.
    """
    require_right(by)
    role, place = role_at(role, scope)
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(user=user, role=role, **place, granted_by=by, granted_at=now)
            log.record("accounts.role_granted", by=by, subject=user, data=_data(grant), audience=[user])
    except IntegrityError as error:
        raise Conflict(_("They hold this role already."), code="role_held", field="role") from error
    return grant


def end_role(*, by: User | None, grant: RoleGrant, now: datetime) -> RoleGrant:
    """End a grant; it has no effect from the next request on. Ending it twice changes nothing.

    Raises NotAllowed without the right, Conflict for the last administrator's grant.
    """
    require_right(by)
    with transaction.atomic():
        # All grants of administrators in one order: two who end each other's must wait.
        others = list(
            RoleGrant.objects.in_force()
            .filter(role=Role.ADMINISTRATOR, user__is_active=True)
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        grant = RoleGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
        if grant.ended_at is not None:
            return grant
        if grant.role == Role.ADMINISTRATOR and len(others) <= 1:
            raise Conflict(
                _("This is the last administrator. Name another one first."), code="last_administrator"
            )
        grant.ended_at = now
        grant.save(update_fields=["ended_at"])
        log.record("accounts.role_ended", by=by, subject=grant.user, data=_data(grant), audience=[grant.user])
        realtime.recheck(grant.user_id)  # open sockets lose what only this role let them watch
    return grant


def end_all_roles(*, by: User | None, user: User, now: datetime) -> int:
    """For those who leave: all roles end and all their sessions with them; how many roles.

    Their own account as a customer stays. Raises as ``end_role`` does, and then ends nothing.
    """
    require_right(by)
    with transaction.atomic():
        grants = list(RoleGrant.objects.in_force().filter(user=user).order_by("pk"))
        for grant in grants:
            end_role(by=by, grant=grant, now=now)
        sessions.end_sessions(by=by, user=user)
    return len(grants)


def _data(grant: RoleGrant) -> dict[str, object]:
    return {"role": grant.role, "scope_kind": grant.scope_kind, "scope_id": grant.scope_id}
