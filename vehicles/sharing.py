"""Sharing a car: an owner invites, another accepts, and either ends it at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Invalid, NotFound
from journal import log
from vehicles import attempts, live, ownership
from vehicles.errors import AlreadyShared, ShareClosed
from vehicles.models import Share, Vehicle
from vehicles.transfers import parse_address

INVITATION_LIFETIME = timedelta(days=14)
LONGEST = timedelta(days=3653)  # ten years; without an end it lasts as long as the ownership
MOST = 10  # open invitations and people per car: a family, not a mailing list


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

    ``until`` (aware, optional) ends the access by itself. Raises Invalid, VehicleNotFound
    unless ``by`` owns the car, AlreadyShared for a person who has access or an invitation,
    TooManyTries after 20 letters in a quarter of an hour.
    """
    address = parse_address(email, by=by)
    wanted = _known_rights(rights)
    if until is not None and until <= now:
        raise Invalid(_("The end must lie in the future."), field="until")
    if until is not None and until > now + LONGEST:
        raise Invalid(_("The end may lie up to ten years ahead. For longer, leave it empty."), field="until")
    attempts.count_letter(user_id=by.pk, now=now)
    with transaction.atomic():
        locked, _own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        _close_overdue(locked, now)
        running = locked.shares.in_force(now)
        waiting = locked.shares.open_invitations(now)
        if waiting.filter(email=address).exists() or running.filter(user__email=address).exists():
            raise AlreadyShared
        if running.count() + waiting.count() >= MOST:
            raise Invalid(_("At most %(most)d people can have access to one car.") % {"most": MOST})
        share = Share.objects.create(
            vehicle=locked,
            given_by=by,
            email=address,
            rights=wanted,
            scope=scope,
            until=until,
            invited_at=now,
            expires_at=min(now + INVITATION_LIFETIME, until or now + INVITATION_LIFETIME),
        )
        _record("invited", share, by=by)
        return share


def _known_rights(rights: Iterable[str]) -> list[str]:
    chosen = set(rights)
    if not chosen or chosen - set(Share.Right.values):
        raise Invalid(_("Please choose what the person may do."), field="rights")
    return [right for right in Share.Right.values if right in chosen]


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
        if by.pk not in (locked.given_by_id, locked.user_id):
            raise NotFound(_("There is no such access."))
        invitation = locked.period is None
        over = locked.period is not None and not _contains(locked.period, now)
        if locked.outcome or over:
            raise ShareClosed
        if invitation:
            outcome, what = Share.Outcome.WITHDRAWN, "withdrawn"
        elif by.pk == locked.given_by_id:
            outcome, what = Share.Outcome.REVOKED, "revoked"
        else:
            outcome, what = Share.Outcome.LEFT, "left"
        ownership.close_share(share=locked, outcome=outcome, now=now)
        _record(what, locked, by=by)
        return locked


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


def _record(what: str, share: Share, *, by: User | None) -> None:
    people = [person for person in (share.given_by, share.user, by) if person is not None]
    log.record(
        f"vehicles.share_{what}", by=by, subject=share.vehicle, data={"share": share.pk}, audience=people
    )
    live.tell(share.vehicle_id)
