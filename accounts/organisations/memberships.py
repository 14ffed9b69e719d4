"""Who acts for an organisation: invited by mail, accepted, changed, ended at once."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberInvitation, Membership, Organisation, User
from accounts.organisations.errors import (
    AlreadyMember,
    InvitationClosed,
    LastAdministrator,
    MemberNotFound,
)
from accounts.organisations.organisations import lock_organisation, membership_of, require_administrator
from common import realtime
from common.errors import Invalid, NotFound
from journal import log, outbox

LETTER = "member-letter"
LIFETIME = timedelta(days=7)
MOST_OPEN = 200  # invitations of one organisation: a company, not a mailing list
RESEND_AFTER = timedelta(minutes=1)

Outcome = MemberInvitation.Outcome
Role = Membership.Role


def invite_member(
    *, by: User, organisation: Organisation, email: str, role: str, now: datetime
) -> MemberInvitation:
    """Ask whoever has this address to act for the organisation; open for 7 days.

    Nobody learns from inviting who has an account. Raises Invalid, NotAllowed for anybody but
    administrators, AlreadyMember for members and while an invitation is open.
    """
    address = _address(email)
    if role not in Role.values:
        raise Invalid(_("Please choose a role."), field="role")
    with transaction.atomic():
        locked = lock_organisation(organisation)
        require_administrator(by=by, organisation=locked)
        _close_overdue(locked, now)
        open_rows = locked.invitations.filter(outcome="")
        members = Membership.objects.in_force().filter(organisation=locked)
        if open_rows.filter(email=address).exists() or members.filter(user__email=address).exists():
            raise AlreadyMember
        if open_rows.count() >= MOST_OPEN:
            raise Invalid(_("Too many invitations are open. Withdraw some first."), field="email")
        invitation = MemberInvitation.objects.create(
            organisation=locked,
            email=address,
            role=role,
            invited_by=by,
            invited_at=now,
            expires_at=now + LIFETIME,
        )
        _record("member_invited", locked, by=by, invitation=invitation)
        _write(invitation)
    return invitation


def resend_invitation(*, by: User, invitation: MemberInvitation, now: datetime) -> MemberInvitation:
    """Write the letter again; the 7 days begin anew, also of an invitation that has expired.

    Raises InvitationClosed for an answered or withdrawn one, Invalid within a minute of the last.
    """
    with transaction.atomic():
        locked = _lock(invitation, by=by)
        if locked.outcome:
            raise InvitationClosed
        if now < locked.invited_at + RESEND_AFTER:
            raise Invalid(_("The letter has only just been sent. Please wait a minute."))
        locked.invited_by, locked.invited_at, locked.expires_at = by, now, now + LIFETIME
        locked.save(update_fields=["invited_by", "invited_at", "expires_at"])
        _record("member_invited", locked.organisation, by=by, invitation=locked)
        _write(locked)
    return locked


def withdraw_invitation(*, by: User, invitation: MemberInvitation, now: datetime) -> MemberInvitation:
    """Take an invitation back. Raises InvitationClosed when it was answered or withdrawn."""
    with transaction.atomic():
        locked = _lock(invitation, by=by)
        if locked.outcome:
            raise InvitationClosed
        _close(locked, Outcome.WITHDRAWN, now)
        _record("invitation_withdrawn", locked.organisation, by=by, invitation=locked)
    return locked


def accept_invitation(*, by: User, invitation: MemberInvitation, now: datetime) -> Membership:
    """Become a member. Raises NotFound unless the invitation is addressed to ``by``,
    InvitationClosed when it is over, AlreadyMember."""
    with transaction.atomic():
        locked = _lock_addressed(invitation, by, now)
        if membership_of(user=by, organisation=locked.organisation) is not None:
            raise AlreadyMember
        _close(locked, Outcome.ACCEPTED, now)
        membership = Membership.objects.create(
            organisation=locked.organisation, user=by, role=locked.role, since=now
        )
        _record("member_joined", locked.organisation, by=by, invitation=locked, member=by.pk)
    return membership


def refuse_invitation(*, by: User, invitation: MemberInvitation, now: datetime) -> MemberInvitation:
    """Decline. Raises as accept_invitation does."""
    with transaction.atomic():
        locked = _lock_addressed(invitation, by, now)
        _close(locked, Outcome.REFUSED, now)
        _record("invitation_refused", locked.organisation, by=by, invitation=locked)
    return locked


def change_role(*, by: User, membership: Membership, role: str, now: datetime) -> Membership:
    """Give a member another role, with effect from the next request and for open sockets.

    Raises NotAllowed for anybody but administrators, LastAdministrator.
    """
    if role not in Role.values:
        raise Invalid(_("Please choose a role."), field="role")
    with transaction.atomic():
        locked = _lock_member(membership)
        require_administrator(by=by, organisation=locked.organisation)
        if locked.role == role:
            return locked
        _keep_an_administrator(locked)
        locked.role = role
        locked.save(update_fields=["role"])
        _record("member_role_changed", locked.organisation, by=by, member=locked.user_id, role=role)
        realtime.recheck(locked.user_id)
    return locked


def end_membership(*, by: User, membership: Membership, now: datetime) -> Membership:
    """Leave, or remove a member: all rights in the organisation end at once, open sockets included.

    Raises MemberNotFound for people outside and for a membership that is over, NotAllowed for
    members who are no administrators and remove somebody else, LastAdministrator.
    """
    with transaction.atomic():
        locked = _lock_member(membership)
        leaves = locked.user_id == by.pk
        if not leaves:
            require_administrator(by=by, organisation=locked.organisation)
        _keep_an_administrator(locked)
        locked.ended_at = now
        locked.save(update_fields=["ended_at"])
        what = "member_left" if leaves else "member_removed"
        _record(what, locked.organisation, by=by, member=locked.user_id)
        realtime.recheck(locked.user_id)
    return locked


def waiting_for(user: User, now: datetime) -> list[MemberInvitation]:
    """Invitations that wait for this person's answer; one query."""
    if not user.email:
        return []
    rows = MemberInvitation.objects.filter(email=user.email, outcome="", expires_at__gt=now)
    return list(rows.select_related("organisation", "invited_by").order_by("pk"))


def forget_addresses(*, now: datetime) -> int:
    """Blank the invited addresses 30 days after an invitation was closed or ran out; how many."""
    before = now - timedelta(days=30)
    closed = MemberInvitation.objects.exclude(email="").filter(closed_at__lte=before).update(email="")
    overdue = MemberInvitation.objects.filter(outcome="", expires_at__lte=before)
    return closed + overdue.update(outcome=Outcome.WITHDRAWN, closed_at=now, email="")


def _address(typed: str) -> str:
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("Please enter a complete e-mail address."), field="email") from None
    return email


def _lock(invitation: MemberInvitation, *, by: User) -> MemberInvitation:
    """The organisation first, then its invitation: the same order everywhere."""
    organisation = lock_organisation(invitation.organisation)
    require_administrator(by=by, organisation=organisation)
    return MemberInvitation.objects.select_related("organisation").get(pk=invitation.pk)


def _lock_addressed(invitation: MemberInvitation, by: User, now: datetime) -> MemberInvitation:
    lock_organisation(invitation.organisation)
    locked = MemberInvitation.objects.select_related("organisation").get(pk=invitation.pk)
    if not by.email or locked.email != by.email:
        raise NotFound(_("There is no such invitation."))
    if locked.outcome or locked.expires_at <= now:
        raise InvitationClosed
    return locked


def _lock_member(membership: Membership) -> Membership:
    lock_organisation(membership.organisation)
    rows = Membership.objects.in_force().select_related("organisation", "user")
    locked = rows.filter(pk=membership.pk).first()
    if locked is None:
        raise MemberNotFound
    return locked


def _keep_an_administrator(leaving: Membership) -> None:
    """Asked under the organisation's lock: two who remove each other come one after the other."""
    others = Membership.objects.in_force().filter(
        organisation=leaving.organisation, role=Role.ADMINISTRATOR, user__is_active=True
    )
    if leaving.role == Role.ADMINISTRATOR and not others.exclude(pk=leaving.pk).exists():
        raise LastAdministrator


def _close(invitation: MemberInvitation, outcome: str, now: datetime) -> None:
    invitation.outcome, invitation.closed_at = outcome, now
    invitation.save(update_fields=["outcome", "closed_at"])


def _close_overdue(organisation: Organisation, now: datetime) -> None:
    """An expired invitation must not be in the way of a new one."""
    overdue = organisation.invitations.filter(outcome="", expires_at__lte=now)
    overdue.update(outcome=Outcome.WITHDRAWN, closed_at=now)


def _write(invitation: MemberInvitation) -> None:
    stable = f"member:{invitation.pk}:{invitation.invited_at.timestamp():.0f}"
    outbox.enqueue(LETTER, stable, {"invitation": invitation.pk})


def _record(
    what: str,
    organisation: Organisation,
    *,
    by: User,
    invitation: MemberInvitation | None = None,
    member: int | None = None,
    role: str = "",
) -> None:
    data: dict[str, object] = {"role": role or (invitation.role if invitation else "")}
    if invitation is not None:
        data["invitation"] = invitation.pk
    if member is not None:
        data["member"] = member
    people = {by.pk: by}
    if member is not None and member != by.pk:
        people[member] = User.objects.get(pk=member)
    log.record(f"accounts.{what}", by=by, subject=organisation, data=data, audience=list(people.values()))
