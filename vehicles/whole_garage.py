"""Sharing the whole garage with one person: one invitation, one answer, and later cars come along.

The garage's row is locked before any of its cars, and cars in the order of their ids, so that a
car that arrives while somebody accepts or ends is either shared with the rest or not at all.
"""

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Invalid, NotFound
from journal import log
from vehicles import attempts, garage_sharing, ownership, sharing
from vehicles.errors import AlreadyShared, ShareClosed, VehicleNotFound
from vehicles.models import GarageShare, Ownership, Share, Vehicle
from vehicles.models.garages import GarageShareQuerySet
from vehicles.transfers import parse_address

MOST = sharing.MOST  # people per garage, invited ones as well


def share_whole_garage(
    *,
    by: User,
    email: str,
    role: str,
    scope: str = Share.Scope.BASIC,
    until: datetime | None = None,
    now: datetime,
) -> GarageShare:
    """Invite whoever has this address to all cars that ``by`` owns, now and later; open for 14 days.

    ``until`` (aware, optional) ends it by itself. Raises Invalid, AlreadyShared for a person whom
    the garage is shared with or offered to, TooManyTries after 20 letters in a quarter of an hour.
    """
    address = parse_address(email, by=by)
    rights = garage_sharing.rights_of(role)
    sharing.check_terms(scope=scope, until=until, now=now)
    attempts.count_letter(user_id=by.pk, now=now)
    with transaction.atomic():
        # The giver's row: two who invite the same address follow each other.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
        _close_overdue(GarageShare.objects.filter(given_by=by), now)
        standing = GarageShare.objects.filter(given_by=by).standing(now)
        known = standing.filter(email=address) | standing.filter(user__email=address)
        if known.exists():
            raise AlreadyShared
        if standing.count() >= MOST:
            raise Invalid(_("At most %(most)d people can share a garage.") % {"most": MOST})
        garage = GarageShare.objects.create(
            given_by=by,
            email=address,
            rights=list(rights),
            scope=scope,
            until=until,
            invited_at=now,
            expires_at=min(now + sharing.INVITATION_LIFETIME, until or now + sharing.INVITATION_LIFETIME),
        )
        _record("invited", garage, by=by)
        return garage


def accept_garage(*, by: User, garage: GarageShare, now: datetime) -> GarageShare:
    """Take the offered access to all cars, from ``now`` on; later cars come by themselves.

    Cars that ``by`` has access to already stay as they are. Raises NotFound unless the invitation
    is addressed to ``by``, ShareClosed when it was withdrawn, answered or has expired, AlreadyShared.
    """
    with transaction.atomic():
        locked = _lock_invitation(by, garage, now)
        if GarageShare.objects.in_force(now).filter(given_by=locked.given_by_id, user=by).exists():
            raise AlreadyShared
        # One that ran out and waits for its tidying must not stand in the way.
        _close_overdue(GarageShare.objects.filter(given_by=locked.given_by_id, user=by), now)
        locked.user, locked.accepted_at = by, now
        locked.save(update_fields=["user", "accepted_at"])
        _record("accepted", locked, by=by)
        cars = Ownership.objects.filter(user=locked.given_by_id, period__contains=now)
        for vehicle_id in sorted(cars.values_list("vehicle_id", flat=True)):
            _include(locked, vehicle_id, now, later=False)
        return locked


def refuse_garage(*, by: User, garage: GarageShare, now: datetime) -> GarageShare:
    """Decline the invitation. Raises as accept_garage does."""
    with transaction.atomic():
        locked = _lock_invitation(by, garage, now)
        _close(locked, Share.Outcome.REFUSED, now)
        _record("refused", locked, by=by)
        return locked


def end_garage(*, by: User, garage: GarageShare, now: datetime) -> GarageShare:
    """End it for all its cars at once, or withdraw the invitation; later cars stay out.

    The owner who gave it ends anybody's; who holds it gives it back. What was shared car by car
    stays. Raises NotFound for others, ShareClosed when it is over.
    """
    with transaction.atomic():
        locked = _lock(garage)
        if by.pk not in (locked.given_by_id, locked.user_id):
            raise NotFound(_("There is no such access."))
        if not GarageShare.objects.standing(now).filter(pk=locked.pk).exists():
            raise ShareClosed
        if locked.accepted_at is None:
            outcome, what = Share.Outcome.WITHDRAWN, "withdrawn"
        elif by.pk == locked.given_by_id:
            outcome, what = Share.Outcome.REVOKED, "revoked"
        else:
            outcome, what = Share.Outcome.LEFT, "left"
        _close(locked, outcome, now)
        for share in Share.objects.in_force(now).filter(garage=locked).order_by("vehicle_id"):
            sharing.revoke_share(by=by, share=share, now=now)
        _record(what, locked, by=by)
        return locked


def include_car(*, vehicle_id: int, now: datetime) -> int:
    """Share a car that somebody has owned since ``now`` with those who share their garage; with how many.

    Asking again changes nothing.
    """
    owner = Ownership.objects.filter(vehicle=vehicle_id, period__contains=now).values("user_id")
    garages = GarageShare.objects.in_force(now).filter(given_by__in=owner).order_by("pk")
    included = 0
    for garage in garages:
        with transaction.atomic():
            locked = _lock(garage)
            if not locked.outcome:
                included += _include(locked, vehicle_id, now, later=True)
    return included


def expire_garages(*, now: datetime) -> int:
    """Close overdue invitations and what has run out by ``now``; how many. Its cars end by themselves."""
    with transaction.atomic():
        return _close_overdue(GarageShare.objects.all(), now)


def garages_of(*, user: User, now: datetime) -> list[GarageShare]:
    """What the person gave and what they hold or may answer; theirs first."""
    rows = GarageShare.objects.visible_to(user, now).select_related("given_by__photo", "user__photo")
    return sorted(rows, key=lambda row: (row.given_by_id != user.pk, row.pk))


def waiting_for(user: User, now: datetime) -> list[GarageShare]:
    """Invitations to a whole garage that wait for this person's answer; one query."""
    return list(GarageShare.objects.addressed_to(user, now).select_related("given_by").order_by("pk"))


def _include(garage: GarageShare, vehicle_id: int, now: datetime, *, later: bool) -> bool:
    """Share one car of the locked garage, unless its holder has access to it, or its owner lost it."""
    try:
        vehicle, own = ownership.lock_owned(by=garage.given_by, vehicle_id=vehicle_id, now=now)
    except VehicleNotFound:
        return False
    if own.user_id != garage.given_by_id or _has_access(vehicle, garage, now):
        return False
    for waiting in vehicle.shares.open_invitations(now).filter(email=garage.email):
        ownership.close_share(share=waiting, outcome=Share.Outcome.WITHDRAWN, now=now)
    share = Share.objects.create(
        vehicle=vehicle,
        given_by=garage.given_by,
        garage=garage,
        email=garage.email,
        user=garage.user,
        period=DateTimeTZRange(max(now, own.period.lower), garage.until, "[)"),
        rights=garage.rights,
        scope=garage.scope,
        until=garage.until,
        invited_at=garage.invited_at,
        expires_at=garage.expires_at,
    )
    sharing.note_with_garage(share, later=later)
    return True


def _has_access(vehicle: Vehicle, garage: GarageShare, now: datetime) -> bool:
    return vehicle.shares.in_force(now).filter(user=garage.user_id).exists()


def _lock(garage: GarageShare) -> GarageShare:
    rows = GarageShare.objects.select_for_update(of=("self",)).select_related("given_by", "user")
    return rows.get(pk=garage.pk)


def _lock_invitation(by: User, garage: GarageShare, now: datetime) -> GarageShare:
    locked = _lock(garage)
    if locked.email != by.email:
        raise NotFound(_("There is no such invitation."))
    if not GarageShare.objects.open_invitations(now).filter(pk=locked.pk).exists():
        raise ShareClosed
    return locked


def _close_overdue(rows: GarageShareQuerySet, now: datetime) -> int:
    overdue = list(rows.overdue(now).select_for_update(of=("self",)).order_by("pk"))
    for garage in overdue:
        what = "ended" if garage.accepted_at else "expired"
        at = garage.until if garage.accepted_at and garage.until else now
        _close(garage, Share.Outcome.EXPIRED, at)
        _record(what, garage, by=None)
    return len(overdue)


def _close(garage: GarageShare, outcome: str, now: datetime) -> None:
    garage.outcome, garage.closed_at = outcome, now
    garage.save(update_fields=["outcome", "closed_at"])


def _record(what: str, garage: GarageShare, *, by: User | None) -> None:
    people = [person for person in (garage.given_by, garage.user, by) if person is not None]
    log.record(f"vehicles.garage_{what}", by=by, subject=garage, data={"garage": garage.pk}, audience=people)
