"""Booking, moving and cancelling a visit.

The database is the last guard: an exclusion constraint on each resource and on the car.
A lock on the centre's day lets bookings of one day queue up, so that losers are told at
once and nobody waits crosswise.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil, codes
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal import log
from services import live
from services.booking import availability, starts
from services.errors import CutoffPassed, NotChangeable, SlotTaken, VehicleBusy
from services.models import Allocation, Appointment, Centre, Job, PromiseChange, ServiceType
from vehicles import ownership
from vehicles.models import Vehicle

NOTE_LENGTH = 1000
NEXT_TIMES = 3  # offered to whoever lost a race
CODE_ATTEMPTS = 5


class _NoCapacity(Exception):
    """Inside the transaction only: rolls the visit back, then becomes SlotTaken."""


def book_appointment(
    *,
    by: User,
    vehicle: Vehicle,
    centre: Centre,
    service_type: ServiceType,
    starts_at: datetime,
    now: datetime,
    note: str = "",
) -> Appointment:
    """Book a visit that begins at the instant ``starts_at``, with a bay and a technician.

    Raises NotFound for a car that ``by`` may not bring to service; Invalid (past, too_soon,
    too_far, off_grid, closed, note_too_long); SlotTaken with the next free times; VehicleBusy.
    """
    if not centre.is_active or not service_type.is_active:
        raise Invalid(_("This service is not offered here."), code="not_offered", field="service_type")
    if not service_type.owner_may_book:
        raise NotAllowed(_("Please call us to book this service."), code="by_phone_only")
    if len(note) > NOTE_LENGTH:
        raise Invalid(_("The note may have up to 1,000 characters."), code="note_too_long", field="note")
    starts.check_start(centre=centre, service_type=service_type, starts_at=starts_at, now=now)
    span = starts.span_of(service_type=service_type, starts_at=starts_at)
    try:
        with transaction.atomic():
            # The car first, then the day: the same order everywhere.
            _lock_usable(vehicle, by, now)
            _lock_day(centre, civil.local_date(starts_at, centre.zone))
            starts.check_open(centre=centre, span=span)
            appointment = _insert_visit(
                by=by,
                vehicle=vehicle,
                centre=centre,
                service_type=service_type,
                span=span,
                note=note.strip(),
                now=now,
            )
            _allocate(appointment)
            record_change("services.appointment_booked", appointment, by=by, now=now)
    except _NoCapacity:
        raise _slot_taken(centre, service_type, starts_at, now) from None
    return appointment


def move_appointment(
    *, by: User, appointment: Appointment, starts_at: datetime, now: datetime
) -> Appointment:
    """Move a visit to another start at the same centre; if that fails the old one stays whole.

    Raises NotFound, NotChangeable, CutoffPassed, and what book_appointment raises for a start.
    """
    centre, service_type = appointment.centre, appointment.service_type
    try:
        with transaction.atomic():
            appointment = _lock_changeable(appointment, by, now)
            if starts_at == appointment.starts_at:
                return appointment
            starts.check_start(centre=centre, service_type=service_type, starts_at=starts_at, now=now)
            span = starts.span_of(service_type=service_type, starts_at=starts_at)
            days = {civil.local_date(moment, centre.zone) for moment in (appointment.starts_at, starts_at)}
            _lock_day(centre, civil.local_date(starts_at, centre.zone))
            starts.check_open(centre=centre, span=span)
            _check_vehicle_free(appointment, span)
            _release(appointment)
            appointment.span = span
            appointment.version += 1
            appointment.promised_at = span.upper
            appointment.save(update_fields=["span", "version", "promised_at"])
            appointment.jobs.update(span=span)
            PromiseChange.objects.create(appointment=appointment, promised_at=span.upper, by=by, at=now)
            _allocate(appointment)
            record_change("services.appointment_moved", appointment, by=by, now=now, days=days)
    except _NoCapacity:
        raise _slot_taken(centre, service_type, starts_at, now) from None
    return appointment


def cancel_appointment(*, by: User, appointment: Appointment, now: datetime) -> Appointment:
    """Cancel a visit; its bay and technician are free again at once.

    Raises NotFound, NotChangeable (under way, over, or cancelled before), CutoffPassed.
    """
    with transaction.atomic():
        appointment = _lock_changeable(appointment, by, now)
        call_off(appointment)
        record_change("services.appointment_cancelled", appointment, by=by, now=now)
    return appointment


def call_off(appointment: Appointment) -> None:
    """Cancel the locked visit and free what it held; the caller checks, and records why."""
    appointment.status = Appointment.Status.CANCELLED
    appointment.version += 1
    appointment.save(update_fields=["status", "version"])
    _release(appointment)


def record_change(
    kind: str,
    appointment: Appointment,
    *,
    by: User | None,
    now: datetime,
    days: set[date] | None = None,
    audience: Iterable[User] | None = None,
    **data: Any,
) -> None:
    """Write the event, and push it; for ``audience``, or whoever booked and owns the car at ``now``."""
    owners = ownership.keepers_of(vehicle_id=appointment.vehicle_id, now=now) if audience is None else []
    log.record(
        kind,
        by=by,
        subject=appointment,
        data={
            "centre": appointment.centre_id,
            "service_type": appointment.service_type_id,
            "code": appointment.code,
            "version": appointment.version,
            **data,
        },
        audience=[*owners, appointment.booked_by] if audience is None else audience,
        at=now,
    )
    live.announce(kind, appointment, days=days)


def _lock_usable(vehicle: Vehicle, by: User, now: datetime) -> None:
    """Asked under the car's lock: nobody books for a car that is passed on at the same moment."""
    locked = ownership.lock_vehicle(vehicle_id=vehicle.pk)
    at = ownership.instant_under_lock(vehicle=locked, now=now)
    if not Vehicle.objects.usable_by(by, right="service", now=at).filter(pk=locked.pk).exists():
        raise NotFound(_("This car was not found."), field="vehicle")


def _lock_day(centre: Centre, day: date) -> None:
    """Bookings of one centre and day happen one after the other until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"services.day:{centre.pk}:{day}"]
        )


def _insert_visit(
    *,
    by: User,
    vehicle: Vehicle,
    centre: Centre,
    service_type: ServiceType,
    span: DateTimeTZRange,
    note: str,
    now: datetime,
) -> Appointment:
    """ON CONFLICT DO NOTHING: a plain INSERT would wait for, and deadlock with, its rivals."""
    for _attempt in range(CODE_ATTEMPTS):
        appointment = Appointment(
            code=codes.new_code(),
            centre=centre,
            vehicle=vehicle,
            booked_by=by,
            service_type=service_type,
            span=span,
            price_cents=service_type.price_cents,
            note=note,
            created_at=now,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO services_appointment
                     (code, centre_id, vehicle_id, booked_by_id, service_type_id, span, status,
                      price_cents, note, version, created_at, promised_at, car_words, way, loan_car,
                      street, postcode, town, symptoms)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, upper(%s::tstzrange), '', 'bring', false,
                      '', '', '', '{}')
                   ON CONFLICT DO NOTHING RETURNING id""",
                [
                    appointment.code,
                    centre.pk,
                    vehicle.pk,
                    by.pk,
                    service_type.pk,
                    span,
                    appointment.status,
                    appointment.price_cents,
                    note,
                    now,
                    span,
                ],
            )
            row = cursor.fetchone()
        if row is not None:
            appointment.pk = row[0]
            appointment._state.adding = False
            Job.objects.create(
                appointment=appointment,
                position=1,
                service_type=service_type,
                span=span,
                price_cents=service_type.price_cents,
            )
            PromiseChange.objects.create(appointment=appointment, promised_at=span.upper, by=by, at=now)
            return appointment
        _check_vehicle_free(appointment, span)  # else the code was drawn before: draw another
    raise Conflict(_("Please try again."), code="try_again")


def _check_vehicle_free(appointment: Appointment, span: DateTimeTZRange) -> None:
    others = Appointment.objects.standing().filter(vehicle=appointment.vehicle_id, span__overlap=span)
    if others.exclude(pk=appointment.pk).exists():
        raise VehicleBusy


def _allocate(appointment: Appointment) -> None:
    """One bay and one technician, or _NoCapacity."""
    found = availability.candidates(
        centre=appointment.centre,
        service_type=appointment.service_type,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
    )
    job = appointment.jobs.get()
    wanted = ((Allocation.Part.PLACE, found.bays), (Allocation.Part.TECHNICIAN, found.technicians))
    for part, resource_ids in wanted:
        if not any(_take(resource_id, job, part) for resource_id in resource_ids):
            raise _NoCapacity


def _take(resource_id: int, job: Job, part: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO services_allocation (resource_id, kind, span, active, appointment_id, job_id, part)
               VALUES (%s, %s, %s, true, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id""",
            [resource_id, Allocation.Kind.VISIT, job.span, job.appointment_id, job.pk, part],
        )
        return cursor.fetchone() is not None


def _release(appointment: Appointment) -> None:
    Allocation.objects.filter(appointment=appointment, active=True).update(active=False)


def _lock_changeable(appointment: Appointment, by: User, now: datetime) -> Appointment:
    locked = (
        Appointment.objects.visible_to(by, now)
        .select_related("centre", "service_type", "booked_by")
        .select_for_update(of=("self",))
        .filter(pk=appointment.pk)
        .first()
    )
    if locked is None:
        raise NotFound(_("This appointment was not found."))
    if locked.status != Appointment.Status.BOOKED:
        raise NotChangeable
    if now > locked.may_change_until:
        raise CutoffPassed(hours=locked.centre.cutoff_hours, phone=locked.centre.phone)
    return locked


def _slot_taken(centre: Centre, service_type: ServiceType, starts_at: datetime, now: datetime) -> SlotTaken:
    return SlotTaken(
        availability.next_free_slots(
            centre=centre, service_type=service_type, after=starts_at, count=NEXT_TIMES, now=now
        )
    )
