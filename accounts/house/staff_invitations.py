"""Colleagues are invited by mail to a role; the link works once, for seven days, for that address."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import roles, scopes
from accounts.models import RoleGrant, StaffInvitation, User
from accounts.permissions import Role
from accounts.telling import mail
from common import brand
from common.errors import Conflict, NotAllowed, NotFound
from journal import log, outbox

CHANNEL = "staff-invitation"
LIFETIME = timedelta(days=7)
_SALT = "accounts.staff-invitation"


def open_invitations() -> models.QuerySet[StaffInvitation]:
    """Neither accepted nor withdrawn, also those whose time is over; newest first."""
    return StaffInvitation.objects.filter(closed_at__isnull=True).select_related("invited_by").order_by("-pk")


def invite_colleague(
    *, by: User, email: str, role: Role | str, scope: models.Model | None, now: datetime
) -> StaffInvitation:
    """Invite an address to a role, everywhere or within ``scope`` (a centre).

    Raises NotAllowed without the right, Invalid for a scope that the role cannot have, Conflict when
    the invitation stands already or its reader holds the role.
    """
    roles.require_right(by)
    role, place = roles.role_at(role, scope)
    address = email.strip().lower()
    if RoleGrant.objects.in_force().filter(user__email=address, role=role, **place).exists():
        raise Conflict(_("They hold this role already."), code="role_held", field="role")
    row = StaffInvitation(
        email=address, role=role, **place, invited_by=by, invited_at=now, expires_at=now + LIFETIME
    )
    row.token_hash = _hash(token_of(row))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            log.record("accounts.colleague_invited", by=by, subject=row, data={"role": role, **place}, at=now)
            _send(row)
    except IntegrityError as error:
        raise Conflict(
            _("This invitation stands already. It can be sent again from the list."),
            code="invitation_stands",
            field="email",
        ) from error
    return row


def resend_invitation(*, by: User, invitation: StaffInvitation, now: datetime) -> StaffInvitation:
    """A new link, valid for seven days; the one before stops working. Raises NotAllowed, Conflict."""
    roles.require_right(by)
    with transaction.atomic():
        row = _locked(invitation.pk)
        row.invited_at, row.expires_at = now, now + LIFETIME
        row.token_hash = _hash(token_of(row))
        row.save(update_fields=["invited_at", "expires_at", "token_hash"])
        _send(row)
    return row


def withdraw_invitation(*, by: User, invitation: StaffInvitation, now: datetime) -> None:
    """The link stops working. Raises NotAllowed, Conflict once it was accepted."""
    roles.require_right(by)
    with transaction.atomic():
        row = _locked(invitation.pk)
        row.closed_at = now
        row.save(update_fields=["closed_at"])
        log.record("accounts.colleague_uninvited", by=by, subject=row, data={"role": row.role}, at=now)


def invitation_for(*, token: str, now: datetime) -> StaffInvitation:
    """What the link of a mail stands for. Raises NotFound for a wrong, used or outdated one."""
    row = StaffInvitation.objects.select_related("invited_by").filter(token_hash=_hash(token)).first()
    if row is None or row.closed_at is not None or row.expires_at <= now:
        raise NotFound(_("This invitation is not valid any more. Ask for a new one."))
    return row


def accept_invitation(*, by: User, token: str, now: datetime) -> RoleGrant:
    """Take the role, with the address that was invited. Of two at once, one gets in.

    Raises NotFound for a link that is of no use any more, NotAllowed for another address.
    """
    with transaction.atomic():
        found = invitation_for(token=token, now=now)
        if by.email != found.email:
            raise NotAllowed(_("This invitation is for another e-mail address."))
        row = StaffInvitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if row.closed_at is not None or row.token_hash != found.token_hash:
            raise NotFound(_("This invitation is not valid any more. Ask for a new one."))
        held = RoleGrant.objects.in_force().filter(
            user=by, role=row.role, scope_kind=row.scope_kind, scope_id=row.scope_id
        )
        grant = held.first() or roles.grant_role(
            by=None, user=by, role=row.role, scope=_scope_of(row), now=now
        )
        row.accepted_by, row.closed_at = by, now
        row.save(update_fields=["accepted_by", "closed_at"])
        log.record(
            "accounts.colleague_joined", by=by, subject=row, data={"role": row.role}, audience=[by], at=now
        )
    by.__dict__.pop("grants", None)  # read before, for this very page
    return grant


def token_of(row: StaffInvitation) -> str:
    """What the mail carries: made from the row with our key, so that a second try sends the same."""
    told = f"{row.email}|{row.role}|{row.scope_kind}|{row.scope_id}|{row.invited_at.timestamp()}"
    return salted_hmac(_SALT, told, algorithm="sha256").hexdigest()


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send one invitation unless it was accepted, withdrawn or sent anew meanwhile."""
    row = StaffInvitation.objects.select_related("invited_by").filter(pk=payload["invitation"]).first()
    if row is None or row.closed_at is not None or int(row.invited_at.timestamp()) != payload["of"]:
        return
    reader = User.objects.filter(email=row.email, is_active=True).first()
    with mail.written_for(reader or row.invited_by):
        names = {
            "who": row.invited_by.display_name or _("A colleague"),
            "brand": brand.current()["name"],
            "role": Role(row.role).label,
        }
        mail.send_notice(
            stable_id=stable_id,
            to=row.email,
            title=_("Join the team of %(brand)s") % names,
            text=_(
                "%(who)s invites you to work at %(brand)s as: %(role)s. The link is valid for seven days and "
                "works with this e-mail address."
            )
            % names,
            link=reverse("accounts:staff-invitation", args=[token_of(row)]),
            reader=reader,
        )


def _send(row: StaffInvitation) -> None:
    of = int(row.invited_at.timestamp())
    outbox.enqueue(CHANNEL, f"{CHANNEL}:{row.pk}:{of}", {"invitation": row.pk, "of": of})


def _scope_of(row: StaffInvitation) -> models.Model | None:
    return scopes.scope_named(f"{row.scope_kind}:{row.scope_id}" if row.scope_kind else "")


def _locked(pk: int) -> StaffInvitation:
    row = StaffInvitation.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.closed_at is not None:
        raise Conflict(_("This invitation is closed already."), code="invitation_closed")
    return row


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
