"""Which pack is in which car: added, fitted, changed and taken out."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed
from journal import log
from subscriptions.models import Pack, PackFitting
from subscriptions.packs.errors import NoPackFitted, PackElsewhere, PackNotFound
from vehicles import ownership
from vehicles.models import Vehicle

RUN = "subscriptions.run_packs"


def require_running(by: User) -> None:
    """Raises NotAllowed for who does not work on cars."""
    if not by.has_permission(RUN):
        raise NotAllowed(_("Batteries are not among your tasks."))


def add_pack(
    *,
    by: User,
    serial: str,
    capacity_kwh: Decimal,
    chemistry: str = "",
    made_on: date | None = None,
    price_cents: int,
    now: datetime,
) -> Pack:
    """Record a pack that came from its maker; ``price_cents`` is gross, when new.

    Raises NotAllowed, Conflict for a serial number that is known.
    """
    require_running(by)
    with transaction.atomic():
        pack, is_new = Pack.objects.get_or_create(
            serial=serial.strip().upper(),
            defaults={
                "capacity_kwh": capacity_kwh,
                "chemistry": chemistry,
                "made_on": made_on,
                "price_cents": price_cents,
            },
        )
        if not is_new:
            raise Conflict(
                _("A battery with this serial number is there already."), code="pack_known", field="serial"
            )
        log.record("subscriptions.pack_added", by=by, subject=pack, data={}, at=now)
    return pack


def fit_pack(*, by: User, vehicle: Vehicle, serial: str, now: datetime) -> PackFitting:
    """Put the pack into the car from ``now`` on; what was in it comes out at the same instant.

    The pack that is in it already stays. Raises NotAllowed, PackNotFound, PackElsewhere (409).
    """
    require_running(by)
    with transaction.atomic():
        # The car first, then the pack: the same order everywhere.
        car = ownership.lock_vehicle(vehicle_id=vehicle.pk)
        pack = Pack.objects.select_for_update(of=("self",)).filter(serial=serial.strip().upper()).first()
        if pack is None:
            raise PackNotFound
        there = _running(pack=pack)
        if there is not None:
            if there.vehicle_id != car.pk:
                raise PackElsewhere
            return there
        before = PackFitting.objects.filter(vehicle=car, period__upper_inf=True).first()
        if before is not None:
            close_fitting(before, now)
        fitting = PackFitting.objects.create(pack=pack, vehicle=car, period=Range(now, None, "[)"))
        log.record(
            "subscriptions.pack_fitted",
            by=by,
            subject=car,
            data={"pack": pack.pk, "before": before.pack_id if before else None},
            audience=ownership.keepers_of(vehicle_id=car.pk, now=now),
            at=now,
        )
    return fitting


def remove_pack(*, by: User, vehicle: Vehicle, now: datetime) -> PackFitting:
    """Take the pack out. Raises NotAllowed, NoPackFitted (409)."""
    require_running(by)
    with transaction.atomic():
        car = ownership.lock_vehicle(vehicle_id=vehicle.pk)
        fitting = PackFitting.objects.filter(vehicle=car, period__upper_inf=True).first()
        if fitting is None:
            raise NoPackFitted
        close_fitting(fitting, now)
        log.record(
            "subscriptions.pack_removed",
            by=by,
            subject=car,
            data={"pack": fitting.pack_id},
            audience=ownership.keepers_of(vehicle_id=car.pk, now=now),
            at=now,
        )
    return fitting


def pack_of(vehicle: Vehicle | None, at: datetime) -> Pack | None:
    """The pack that is in the car at an instant; one query."""
    if vehicle is None:
        return None
    return Pack.objects.filter(fittings__vehicle=vehicle, fittings__period__contains=at).first()


def _running(*, pack: Pack) -> PackFitting | None:
    return PackFitting.objects.filter(pack=pack, period__upper_inf=True).first()


def close_fitting(fitting: PackFitting, now: datetime) -> None:
    """It leaves its car at ``now``; raises Invalid before it was fitted."""
    if fitting.period.lower >= now:
        raise Invalid(_("This is before the battery was fitted."), code="before_fitting")
    fitting.period = Range(fitting.period.lower, now, "[)")
    fitting.save(update_fields=["period"])
