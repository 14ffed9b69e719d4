"""What each car is due for when, who may say so, and what follows from work that was done.

Days are civil days in Berlin; the general inspection is due in a month, kept as its first day.
"""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Invalid, NotAllowed, NotFound
from journal import log
from services.models import Appointment, Centre, Job, Upkeep
from services.upkeep.months import first_of, months_after
from vehicles import ownership
from vehicles.models import Vehicle, VehicleModel

# Codes of the work that settles what is due.
GENERAL_INSPECTION: Final = "main-inspection"
SERVICE: Final = "inspection"
# StVZO Anlage VIII no. 2.1.2.1: a new car after three years, then every two.
FIRST_INSPECTION_MONTHS, INSPECTION_MONTHS = 36, 24
MOST_KM = 2_000_000
YEARS_AHEAD = 10
OWNERS_FIELDS = frozenset({"inspection_month", "mileage_km"})
STAFF_FIELDS = OWNERS_FIELDS | {"service_due_on", "service_due_km", "warranty_until"}
CHANGE = "services.change_day"


def upkeep_of(vehicle: Vehicle) -> Upkeep:
    """What is noted of the car; an unsaved row for one of which nothing is."""
    return Upkeep.objects.filter(vehicle=vehicle).first() or Upkeep(vehicle=vehicle)


def cars_of_staff(user: User) -> Any:
    """Cars that came, or are to come, to a centre whose day the person may see."""
    return Vehicle.objects.filter(
        pk__in=Appointment.objects.at_centres_of(user).filter(vehicle__isnull=False).values("vehicle")
    )


def correct_as_owner(*, by: User, vehicle: Vehicle, changes: dict[str, Any], now: datetime) -> Upkeep:
    """The owner knows the sticker and the mileage best: those two, nothing else.

    Raises NotFound for a car that they may not bring to service, NotAllowed for other fields,
    Invalid for what can't be.
    """
    if not Vehicle.objects.usable_by(by, right="service", now=now).filter(pk=vehicle.pk).exists():
        raise NotFound(_("This car was not found."))
    if not OWNERS_FIELDS.issuperset(changes):
        raise NotAllowed(_("Only the workshop can change this."))
    return _change(by=by, vehicle=vehicle, changes=changes, now=now)


def change_as_staff(*, by: User, vehicle: Vehicle, changes: dict[str, Any], now: datetime) -> Upkeep:
    """All of it, for colleagues at a centre that the car came to.

    Raises NotFound for other cars, NotAllowed without services.change_day there, Invalid.
    """
    if not cars_of_staff(by).filter(pk=vehicle.pk).exists():
        raise NotFound(_("This car was not found."))
    if not may_change(user=by, vehicle=vehicle):
        raise NotAllowed(_("You may look at this car, but not change its dates."))
    if not STAFF_FIELDS.issuperset(changes):
        raise Invalid(_("There is no such field."), code="unknown_field")
    return _change(by=by, vehicle=vehicle, changes=changes, now=now)


def may_change(*, user: User, vehicle: Vehicle) -> bool:
    """Whether the person runs the day of a centre that the car came to."""
    run = Centre.objects.staffed_by(user, CHANGE)
    return Appointment.objects.filter(vehicle=vehicle, centre__in=run).exists()


def note_mileage(*, vehicle_id: int, mileage_km: int, at: datetime) -> None:
    """Read at the counter ``at`` an instant. An older reading than the one that is noted changes nothing."""
    with transaction.atomic():
        kept = _locked(vehicle_id)
        if kept.mileage_at is not None and kept.mileage_at >= at:
            return
        kept.mileage_km, kept.mileage_at = mileage_km, at
        kept.save(update_fields=["mileage_km", "mileage_at"])


def note_work_done(*, appointment: Appointment, at: datetime) -> None:
    """The car was handed back: from general inspection and service follow the next ones.

    Work that was dropped counts for nothing. Run again, it comes to the same.
    """
    if appointment.vehicle_id is None:
        return
    done = set(
        appointment.jobs.exclude(state=Job.State.DROPPED).values_list("service_type__code", flat=True)
    ) & {GENERAL_INSPECTION, SERVICE}
    if not done:
        return
    day = civil.local_date(at, appointment.centre.zone)
    with transaction.atomic():
        kept = _locked(appointment.vehicle_id)
        if GENERAL_INSPECTION in done:
            kept.inspection_month = first_of(months_after(first_of(day), INSPECTION_MONTHS))
        if SERVICE in done:
            model = VehicleModel.objects.get(vehicles=appointment.vehicle_id)
            kept.service_due_on = months_after(day, model.service_months)
            km = kept.mileage_km
            kept.service_due_km = km + model.service_km if km is not None else None
        kept.save(update_fields=["inspection_month", "service_due_on", "service_due_km"])


def begin_for_new_cars(*, now: datetime, limit: int = 500) -> int:
    """Note the first general inspection of cars whose first registration is known; how many that were.

    Of a car older than three years nobody knows whether it was at the inspection: its owner says.
    """
    today = civil.local_date(now)
    cars = Vehicle.objects.filter(upkeep__isnull=True, first_registered__isnull=False).order_by("pk")
    rows = []
    for vehicle in cars[:limit]:
        assert vehicle.first_registered is not None  # noqa: S101 - for the type checker
        month = first_of(months_after(first_of(vehicle.first_registered), FIRST_INSPECTION_MONTHS))
        rows.append(Upkeep(vehicle=vehicle, inspection_month=month if month >= first_of(today) else None))
    Upkeep.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _change(*, by: User, vehicle: Vehicle, changes: dict[str, Any], now: datetime) -> Upkeep:
    today = civil.local_date(now)
    with transaction.atomic():
        kept = _locked(vehicle.pk)
        new = {name: value for name, value in changes.items() if getattr(kept, name) != value}
        _check(kept, new, today)
        if not new:
            return kept
        for name, value in new.items():
            setattr(kept, name, value)
        if "mileage_km" in new:
            kept.mileage_at = None if kept.mileage_km is None else now
        kept.save(update_fields=[*new, "mileage_at"])
        log.record(
            "services.upkeep_changed",
            by=by,
            subject=kept,
            data={"vehicle": vehicle.pk, "fields": sorted(new)},
            audience=ownership.keepers_of(vehicle_id=vehicle.pk, now=now),
            at=now,
        )
    return kept


def _check(kept: Upkeep, new: dict[str, Any], today: date) -> None:
    month = new.get("inspection_month")
    if month is not None and month.day != 1:
        raise Invalid(_("Please choose a month."), code="no_month", field="inspection_month")
    for name in ("inspection_month", "service_due_on", "warranty_until"):
        day = new.get(name)
        if day is not None and not today.year - YEARS_AHEAD <= day.year <= today.year + YEARS_AHEAD:
            raise Invalid(_("This day can't be right."), code="day_wrong", field=name)
    for name in ("service_due_km", "mileage_km"):
        if new.get(name) is not None and not 0 <= new[name] <= MOST_KM:
            raise Invalid(_("This number can't be right."), code="km_wrong", field=name)


def _locked(vehicle_id: int) -> Upkeep:
    Upkeep.objects.bulk_create([Upkeep(vehicle_id=vehicle_id)], ignore_conflicts=True)
    return Upkeep.objects.select_for_update(of=("self",)).get(vehicle=vehicle_id)
