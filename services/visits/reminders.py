"""Reminding people of their visits, a day before: exactly once for each time that holds."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Notice
from journal import log
from services.models import Appointment
from services.models.visits import AppointmentQuerySet
from vehicles import ownership

AHEAD: Final = timedelta(hours=24)
PER_RUN = 1_000
KIND = "services.visit_reminded"


def remind_due(*, now: datetime, limit: int = PER_RUN) -> int:
    """Write a reminder of every visit that begins within 24 hours; how many were written.

    The mark on the visit and the journal entry commit together, so a worker killed at any point, or
    two at once, make one reminder. Who booked for so soon a time has just read the confirmation
    and gets none; a moved visit is reminded of its new time.
    """
    due = list(_due(now).order_by("span", "pk").values_list("pk", flat=True)[:limit])
    return sum(_remind(pk, now) for pk in due)


def still_holds(notice: Notice, now: datetime) -> bool:
    """Whether what the reminder says is true and still to come: asked each time before it goes out."""
    pk, told = notice.params.get("appointment"), notice.params.get("starts_at")
    if pk is None or told is None:
        return False
    starts_at = datetime.fromisoformat(told)
    booked = Appointment.objects.filter(pk=pk, status=Appointment.Status.BOOKED)
    return starts_at > now and booked.filter(span__startswith=starts_at).exists()


def _due(now: datetime) -> AppointmentQuerySet:
    unreminded = Q(reminded_start__isnull=True) | ~Q(reminded_start=F("span__startswith"))
    return Appointment.objects.filter(
        unreminded,
        status=Appointment.Status.BOOKED,
        span__overlap=(now, now + 2 * AHEAD),  # what the index finds; the next line is exact
        span__startswith__gt=now,
        span__startswith__lte=now + AHEAD,
        created_at__lte=F("span__startswith") - AHEAD,
    )


def _remind(pk: int, now: datetime) -> int:
    with transaction.atomic():
        visit = (
            _due(now)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("booked_by")
            .filter(pk=pk)
            .first()
        )
        if visit is None:
            return 0
        visit.reminded_start = visit.starts_at
        visit.save(update_fields=["reminded_start"])
        car = visit.vehicle_id
        keepers = ownership.keepers_of(vehicle_id=car, now=now) if car is not None else []
        log.record(
            KIND,
            by=None,
            subject=visit,
            data={
                "centre": visit.centre_id,
                "service_type": visit.service_type_id,
                "code": visit.code,
                "version": visit.version,
                "starts_at": visit.starts_at.isoformat(),
            },
            audience=[*keepers, visit.booked_by],
            at=now,
        )
    return 1
