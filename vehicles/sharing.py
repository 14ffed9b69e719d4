"""Sharing a car: an owner invites, another accepts, and either ends it at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from accounts.organisations import organisations
from common.errors import Invalid, NotFound
from journal import log
from vehicles import attempts, live, ownership
from vehicles.errors import AlreadyShared, ShareClosed
from vehicles.models import Share, Vehicle
from vehicles.transfers import parse_address

INVITATION_LIFETIME = timedelta(days=14)
LONGEST = timedelta(days=3653)  # ten years; without an end it lasts as long as the ownership
MOST = 10  # open invitations and people per car: a family, not a mailing list
MOST_OF_FLEET = 100  # of an organisation's car


def invite_to_share(
    *,
    by: User,
    vehicle: Vehicle,
    email: str,
    rights: Iterable[str],
    scope: str = Share.Scope.BASIC,
    until: datetime | None = None,
    now: datetime,
) -> Share:
    """Offer ``rights`` on the car to whoever has this address; open for 14 days.

    ``until`` (aware, optional) ends the access by itself. An organisation's car goes to its
    members only, and at once: they have agreed to act for it. Raises Invalid, VehicleNotFound
    unless ``by`` owns the car or runs its organisation, AlreadyShared for a person who has
    access or an invitation, TooManyTries after 20 letters in a quarter of an hour.
    """
    address = parse_address(email, by=by)
    wanted = _known_rights(rights)
    check_terms(scope=scope, until=until, now=now)
    attempts.count_letter(user_id=by.pk, now=now)
    with transaction.atomic():
        locked, own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        _close_overdue(locked, now)
        running = locked.shares.in_force(now)
        waiting = locked.shares.open_invitations(now)
        if waiting.filter(email=address).exists() or running.filter(user__email=address).exists():
            raise AlreadyShared
        most = MOST if own.organisation is None else MOST_OF_FLEET
        if running.count() + waiting.count() >= most:
            raise Invalid(_("At most %(most)d people can have access to one car.") % {"most": most})
        driver = _member_at(address, own.organisation) if own.organisation else None
        share = Share.objects.create(
            vehicle=locked,
            given_by=by,
            organisation=own.organisation,
            email=address,
            user=driver,
            period=DateTimeTZRange(now, until, "[)") if driver else None,
            rights=wanted,
            scope=scope,
            until=until,
            invited_at=now,
            expires_at=min(now + INVITATION_LIFETIME, until or now + INVITATION_LIFETIME),
        )
        _record("given" if driver else "invited", share, by=by)
        return share


def change_share(
    *,
    by: User,
    share: Share,
    rights: Iterable[str],
    scope: str,
    until: datetime | None,
    now: datetime,
) -> Share:
    """Change what somebody may do with a car, or until when, from ``now`` on.

    Raises NotFound for anybody but who gave it, ShareClosed when it is over, Invalid.
    """
    wanted = _known_rights(rights)
    check_terms(scope=scope, until=until, now=now)
    with transaction.atomic():
        locked = _lock(share)
        if not Share.objects.given_for(by, now).filter(pk=locked.pk).exists():
            raise NotFound(_("There is no such access."))
        locked.rights, locked.scope, locked.until = wanted, scope, until
        if locked.period is not None:
            locked.period = DateTimeTZRange(locked.period.lower, until, "[)")
        locked.save(update_fields=["rights", "scope", "until", "period"])
        _record("changed", locked, by=by)
        live.close_for([locked.user_id])
        return locked


def end_shares_of_member(*, organisation_id: int, user_id: int, now: datetime) -> int:
    """Close what a former member had of an organisation's cars, so that joining again brings
    nothing back; how many. The access itself ended with the membership."""
    held = Share.objects.filter(organisation=organisation_id, user=user_id, outcome="")
    ids = sorted(held.values_list("pk", "vehicle_id"), key=lambda row: (row[1], row[0]))
    for pk, vehicle_id in ids:
        with transaction.atomic():
            ownership.lock_vehicle(vehicle_id=vehicle_id)
            share = Share.objects.select_related("vehicle", "given_by", "user").get(pk=pk)
            if not share.outcome:
                ownership.close_share(share=share, outcome=Share.Outcome.REVOKED, now=now)
                _record("revoked", share, by=None)
    return len(ids)


def check_terms(*, scope: str, until: datetime | None, now: datetime) -> None:
    """Raises Invalid for an unknown scope, or an end that is over or more than ten years ahead."""
    if scope not in Share.Scope.values:
        raise Invalid(_("Please choose what the person may see."), field="scope")
    if until is not None and until <= now:
        raise Invalid(_("The end must lie in the future."), field="until")
    if until is not None and until > now + LONGEST:
        raise Invalid(_("The end may lie up to ten years ahead. For longer, leave it empty."), field="until")


def _member_at(address: str, organisation: Organisation) -> User:
    """Raises Invalid for an address that belongs to no member."""
    members = Membership.objects.in_force().filter(organisation=organisation, user__email=address)
    member = members.select_related("user").first()
    if member is None:
        raise Invalid(
            _("Only members of %(name)s get access to its cars. Invite this person as a driver first.")
            % {"name": organisation.name},
            code="not_a_member",
            field="email",
        )
    return member.user


def _known_rights(rights: Iterable[str]) -> list[str]:
    chosen = set(rights)
    if not chosen or chosen - set(Share.Right.values):
        raise Invalid(_("Please choose what the person may do."), field="rights")
    return [right for right in Share.Right.values if right in chosen]


def organisation_of(*, vehicle: Vehicle, now: datetime) -> Organisation | None:
    """The organisation that owns the car at ``now``; None for a person's car."""
    owned = vehicle.ownerships.filter(period__contains=now).select_related("organisation").first()
    return owned.organisation if owned else None


def members_without_access(*, vehicle: Vehicle, organisation: Organisation | None) -> list[Membership] | None:
    """Drivers of the organisation to choose from; None for a person's car. Those who run it need none."""
    if organisation is None:
        return None
    drivers = Membership.objects.in_force().filter(organisation=organisation, role=Membership.Role.DRIVER)
    has = vehicle.shares.filter(organisation=organisation, outcome="", user__isnull=False)
    rows = drivers.exclude(user__in=has.values("user_id")).select_related("user")
    return list(rows.order_by("user__last_name", "pk"))


def accept_share(*, by: User, share: Share, now: datetime) -> Share:
    """Take the offered access from ``now`` on. Raises NotFound unless the invitation is
    addressed to ``by``, ShareClosed when it was withdrawn, answered or has expired."""
    with transaction.atomic():
        locked = _lock_invitation(by, share, now)
        if locked.vehicle.shares.in_force(now).filter(user=by).exists():
            raise AlreadyShared
        locked.user, locked.period = by, DateTimeTZRange(now, locked.until, "[)")
        locked.save(update_fields=["user", "period"])
        _record("accepted", locked, by=by)
        return locked


def refuse_share(*, by: User, share: Share, now: datetime) -> Share:
    """Decline an invitation. Raises as accept_share does."""
    with transaction.atomic():
        locked = _lock_invitation(by, share, now)
        ownership.close_share(share=locked, outcome=Share.Outcome.REFUSED, now=now)
        _record("refused", locked, by=by)
        return locked


def _lock_invitation(by: User, share: Share, now: datetime) -> Share:
    locked = _lock(share)
    if locked.email != by.email:
        raise NotFound(_("There is no such invitation."))
    if not Share.objects.open_invitations(now).filter(pk=locked.pk).exists():
        raise ShareClosed
    return locked


def revoke_share(*, by: User, share: Share, now: datetime) -> Share:
    """End access, or withdraw an invitation, at once. The owner who gave it ends anybody's;
    who holds it gives it back. Raises NotFound for others, ShareClosed when it is over."""
    with transaction.atomic():
        locked = _lock(share)
        gives = _gives(by, locked)
        if not gives and by.pk != locked.user_id:
            raise NotFound(_("There is no such access."))
        invitation = locked.period is None
        over = locked.period is not None and not _contains(locked.period, now)
        if locked.outcome or over:
            raise ShareClosed
        if invitation:
            outcome, what = Share.Outcome.WITHDRAWN, "withdrawn"
        elif gives:
            outcome, what = Share.Outcome.REVOKED, "revoked"
        else:
            outcome, what = Share.Outcome.LEFT, "left"
        ownership.close_share(share=locked, outcome=outcome, now=now)
        _record(what, locked, by=by)
        return locked


def _gives(by: User, share: Share) -> bool:
    if share.organisation_id is None:
        return share.given_by_id == by.pk
    return Organisation.objects.run_by(by).filter(pk=share.organisation_id).exists()


def givers_of(share: Share) -> list[User]:
    """Whom news about a share reaches: who gave it, or those who run the organisation that did."""
    if share.organisation_id is None:
        return [share.given_by]
    return organisations.runners_of(share.organisation_id)


def _contains(period: DateTimeTZRange, now: datetime) -> bool:
    # The lower bound is not asked: a request that waited for the lock may bring an older time.
    return period.upper is None or now < period.upper


def expire_shares(*, now: datetime) -> int:
    """Close overdue invitations, and tell people whose access ran out by ``now``; how many."""
    overdue = Share.objects.filter(outcome="", period__isnull=True, expires_at__lte=now)
    ended = Share.objects.filter(outcome="", period__endswith__lte=now)
    vehicles = set(overdue.values_list("vehicle_id", flat=True)) | set(
        ended.values_list("vehicle_id", flat=True)
    )
    return sum(_expire_one(vehicle_id, now) for vehicle_id in sorted(vehicles))


def _expire_one(vehicle_id: int, now: datetime) -> int:
    with transaction.atomic():
        return _close_overdue(ownership.lock_vehicle(vehicle_id=vehicle_id), now)


def _close_overdue(vehicle: Vehicle, now: datetime) -> int:
    """The car's invitations past their date and shares past their end, closed and recorded."""
    open_rows = vehicle.shares.filter(outcome="").select_related("vehicle", "given_by", "user")
    invitations = list(open_rows.filter(period__isnull=True, expires_at__lte=now))
    for share in invitations:
        ownership.close_share(share=share, outcome=Share.Outcome.EXPIRED, now=now)
        _record("expired", share, by=None)
    ended = list(open_rows.filter(period__endswith__lte=now))
    for share in ended:
        ownership.close_share(share=share, outcome=Share.Outcome.EXPIRED, now=share.period.upper)
        _record("ended", share, by=None)
    return len(invitations) + len(ended)


def _lock(share: Share) -> Share:
    """The car first, then the share: the same order everywhere."""
    ownership.lock_vehicle(vehicle_id=share.vehicle_id)
    return Share.objects.select_related("vehicle", "given_by", "user").get(pk=share.pk)


def note_with_garage(share: Share, *, later: bool) -> None:
    """Record that a car is shared as part of the whole garage: ``later`` than the others, or with them."""
    log.record(
        "vehicles.share_with_garage",
        by=None,
        subject=share.vehicle,
        data={"share": share.pk, "later": later},
        audience=[person for person in (share.given_by, share.user) if person is not None],
    )
    live.tell(share.vehicle_id)


def _record(what: str, share: Share, *, by: User | None) -> None:
    people = [person for person in (share.given_by, share.user, by) if person is not None]
    log.record(
        f"vehicles.share_{what}", by=by, subject=share.vehicle, data={"share": share.pk}, audience=people
    )
    live.tell(share.vehicle_id)
