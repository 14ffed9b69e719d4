"""Reminding owners of what their cars are due for: once for each due date."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from common import civil
from journal import log
from services.models import Appointment, Upkeep
from services.upkeep import due, upkeep
from services.upkeep.due import Due
from services.upkeep.months import months_after
from vehicles import ownership
from vehicles.models import Ownership

PER_RUN = 500


def remind_owners(*, now: datetime) -> int:
    """Tell owners what falls due; how many reminders were written.

    What was told of stays noted beside the car, so that another run says it no second time, and
    another due date is told anew. Work that is booked already is not reminded of.
    """
    upkeep.begin_for_new_cars(now=now)
    today = civil.local_date(now)
    told, last = 0, 0
    while True:
        ids = list(_maybe_due(today, now).filter(pk__gt=last).values_list("pk", flat=True)[:PER_RUN])
        if not ids:
            return told
        told += sum(_remind(pk, today, now) for pk in ids)
        last = ids[-1]


def mark_of(found: Due) -> str:
    """What is noted when it was told: the same due date, the same mark."""
    if found.kind == "service":
        return f"s{found.on or ''}/{found.km or ''}"
    return f"{found.kind[0]}{found.on}"


def _maybe_due(today: date, now: datetime) -> QuerySet[Upkeep]:
    inspection = Q(inspection_month__lte=months_after(today, due.INSPECTION_AHEAD_MONTHS))
    by_day = Q(service_due_on__lte=today + due.SERVICE_AHEAD)
    by_km = Q(mileage_km__gte=F("service_due_km") - due.SERVICE_AHEAD_KM)
    warranty = Q(warranty_until__range=(today, today + due.WARRANTY_AHEAD))
    owned = Ownership.objects.filter(period__contains=now).values("vehicle")
    return Upkeep.objects.filter(inspection | by_day | by_km | warranty, vehicle__in=owned).order_by("pk")


def _remind(pk: int, today: date, now: datetime) -> int:
    with transaction.atomic():
        kept = (
            Upkeep.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("vehicle")
            .filter(pk=pk)
            .first()
        )
        if kept is None:
            return 0
        known = set(kept.told_for.split())
        found = due.due_of(kept, today)
        new = [each for each in found if mark_of(each) not in known]
        people = ownership.keepers_of(vehicle_id=kept.vehicle_id, now=now) if new else []
        if not people:
            return 0
        # Marks of what is no longer due are dropped: the column never grows.
        kept.told_for = " ".join(mark_of(each) for each in found)
        kept.save(update_fields=["told_for"])
        booked = _booked_works(kept.vehicle_id, now)
        told = [each for each in new if due.WORK.get(each.kind) not in booked]
        for each in told:
            log.record(
                "services.upkeep_due",
                by=None,
                subject=kept,
                data={"vehicle": kept.vehicle_id, "what": each.kind, "due": mark_of(each)},
                audience=people,
                at=now,
            )
    return len(told)


def _booked_works(vehicle_id: int, now: datetime) -> set[str]:
    coming = Appointment.objects.filter(vehicle=vehicle_id, span__endswith__gt=now).standing()
    return set(coming.values_list("jobs__service_type__code", flat=True))
