"""Who owns a car from when to when: the one place where ownership begins and ends."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max

from accounts.models import User
from journal import log
from vehicles import live, pictures
from vehicles.errors import VehicleNotFound
from vehicles.models import Ownership, Share, Transfer, Vehicle

TICK = timedelta(microseconds=1)  # the resolution of PostgreSQL's timestamps


def lock_vehicle(*, vehicle_id: int) -> Vehicle:
    """The car's row, locked until commit: everything that changes who may what begins here.

    Raises VehicleNotFound.
    """
    vehicle = Vehicle.objects.select_for_update(of=("self",)).filter(pk=vehicle_id).first()
    if vehicle is None:
        raise VehicleNotFound
    return vehicle


def lock_owned(*, by: User, vehicle_id: int, now: datetime) -> tuple[Vehicle, Ownership]:
    """The locked car and the ownership of ``by``; VehicleNotFound unless they own it now."""
    vehicle = lock_vehicle(vehicle_id=vehicle_id)
    # Not ended: who waited for the lock with an older ``now`` may have lost the car meanwhile.
    ownership = vehicle.ownerships.filter(user=by, period__contains=now, period__upper_inf=True).first()
    if ownership is None:
        raise VehicleNotFound
    return vehicle, ownership


def instant_under_lock(*, vehicle: Vehicle, now: datetime) -> datetime:
    """The instant at which rights to the locked car are to be asked for.

    It is ``now``, or the last change of owner or access when a request that waited for the
    lock brings an older time: whoever lost the car meanwhile has lost it.
    """
    owned = Ownership.objects.filter(vehicle=vehicle).aggregate(
        begun=Max("period__startswith"), ended=Max("period__endswith")
    )
    closed = Share.objects.filter(vehicle=vehicle).aggregate(at=Max("closed_at"))["at"]
    return max(at for at in (now, owned["begun"], owned["ended"], closed) if at is not None)


def begin_ownership(*, vehicle: Vehicle, user: User, at: datetime) -> Ownership:
    """Let ``user`` own the locked car from ``at`` on."""
    return Ownership.objects.create(vehicle=vehicle, user=user, period=DateTimeTZRange(at, None, "[)"))


def end_ownership(*, ownership: Ownership, vehicle: Vehicle, now: datetime) -> datetime:
    """End a period of the locked car, and with it all that the owner granted.

    Returns the instant of the end: ``now``, or just after the beginning when a request
    that waited for the lock brings an older time. Plate, nickname and photo belong to the
    owner who leaves and are forgotten.
    """
    at = max(now, ownership.period.lower + TICK)
    ownership.period = DateTimeTZRange(ownership.period.lower, at, "[)")
    ownership.save(update_fields=["period"])
    _end_grants(vehicle, ownership.user_id, at)
    Transfer.objects.filter(vehicle=vehicle, state=Transfer.State.OFFERED).update(
        state=Transfer.State.WITHDRAWN, closed_at=at
    )
    pictures.forget(vehicle.photo)
    vehicle.plate, vehicle.nickname, vehicle.photo = "", "", ""
    vehicle.save(update_fields=["plate", "nickname", "photo"])
    return at


def _end_grants(vehicle: Vehicle, owner_id: int, at: datetime) -> None:
    """Shares and open invitations end with the ownership and never come back to life."""
    given = Share.objects.filter(vehicle=vehicle, given_by_id=owner_id, outcome="")
    given.filter(period__isnull=True).update(outcome=Share.Outcome.OWNER_CHANGED, closed_at=at)
    running = list(given.filter(period__contains=at))
    for share in running:
        close_share(share=share, outcome=Share.Outcome.OWNER_CHANGED, now=at)
    live.close_for([owner_id])


def close_share(*, share: Share, outcome: str, now: datetime) -> None:
    """End an invitation or running access of a locked car at ``now``; open sockets close."""
    share.outcome, share.closed_at = outcome, now
    if share.period is not None:
        at = max(now, share.period.lower + TICK)
        share.period = DateTimeTZRange(share.period.lower, at, "[)")
        live.close_for([share.user_id])
    share.save(update_fields=["outcome", "closed_at", "period"])


def release_vehicle(*, by: User, vehicle: Vehicle, now: datetime) -> None:
    """``by`` no longer owns the car from ``now`` on; shares and a pending transfer end too.

    Raises VehicleNotFound unless ``by`` owns it at ``now``.
    """
    with transaction.atomic():
        locked, ownership = lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        at = end_ownership(ownership=ownership, vehicle=locked, now=now)
        log.record(
            "vehicles.released",
            by=by,
            subject=locked,
            data={"owner_before": by.pk},
            audience=[by],
            at=at,
        )
        live.tell(locked.pk)
