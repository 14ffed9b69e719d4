"""Booking, moving and cancelling a visit.

Locks are taken in one order everywhere: the car, the centre's days (by date), the visits (by id).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Invalid, NotAllowed, NotFound
from documents.models import Document
from journal import log
from services import live
from services.booking import allocating, holds, inserting, rights, starts, symptoms
from services.booking import pictures as booking_pictures
from services.booking.plans import Plan, plan_of
from services.errors import CutoffPassed, NotChangeable
from services.models import Appointment, Centre, Job, PromiseChange, Way
from vehicles import ownership
from vehicles.models import Vehicle

NOTE_LENGTH = 1000
CHANGE_DAY = "services.change_day"
Status = Appointment.Status


class Doorstep(NamedTuple):
    """Where we fetch the car or come to."""

    street: str
    postcode: str
    town: str


def book_appointment(
    *,
    by: User,
    vehicle: Vehicle | None,
    centre: Centre,
    plan: Plan,
    starts_at: datetime,
    now: datetime,
    note: str = "",
    answers: Mapping[str, str] | None = None,
    pictures: Sequence[Document] = (),
    doorstep: Doorstep | None = None,
    early_start: bool = False,
    customer: User | None = None,
    car_words: str = "",
) -> Appointment:
    """Book a visit that begins at the instant ``starts_at``, with all that its plan demands.

    Without ``customer`` for ``by``; colleagues of the centre book for a customer, at any free
    time. A time that ``by`` holds is used up by it. Raises NotFound for a car that the person may
    not bring to service; NotAllowed (by_phone_only, or for a customer elsewhere); Invalid
    (not_offered, past, too_soon, too_far, off_grid, closed, note_too_long, no_vehicle,
    wrong_model, no_address, early_start_needed, those of symptoms.check_answers); SlotTaken with the
    next free times; VehicleBusy.
    """
    by_staff = customer is not None
    person = customer or by
    if by_staff and not by.has_permission(CHANGE_DAY, centre):
        raise NotAllowed(_("You may book for customers at your own centres only."))
    rights.check_offered(centre=centre, plan=plan, by_staff=by_staff)
    if len(note) > NOTE_LENGTH:
        raise Invalid(_("The note may have up to 1,000 characters."), code="note_too_long", field="note")
    starts.check_start(centre=centre, plan=plan, starts_at=starts_at, now=now, by_staff=by_staff)
    _check_doorstep(plan, doorstep)
    said = symptoms.check_answers(plan.service_types, answers or {})
    span = starts.span_of(plan=plan, starts_at=starts_at)
    try:
        with transaction.atomic():
            if by_staff:
                rights.lock_car_for_customer(
                    vehicle=vehicle, plan=plan, customer=person, car_words=car_words, now=now
                )
                wished = False
            else:
                rights.lock_car(vehicle=vehicle, plan=plan, user=by, now=now)
                wished = rights.check_early_start(
                    plan=plan, vehicle=vehicle, starts_at=starts_at, wished=early_start, now=now
                )
            allocating.lock_day(centre, civil.local_date(starts_at, centre.zone))
            appointment = Appointment(
                centre=centre,
                vehicle=vehicle,
                car_words="" if vehicle else car_words.strip()[:80],
                booked_by=person,
                entered_by=by if by_staff else None,
                service_type=plan.service_types[0],
                span=span,
                way=plan.way,
                loan_car=plan.loan_car,
                price_cents=plan.price_cents,
                note=note.strip(),
                symptoms=said,
                promised_at=span.upper,
                early_start_at=now if wished else None,
                created_at=now,
                **(doorstep._asdict() if doorstep else {}),
            )
            if not by_staff:
                holds.end_choice_for_booking(by)
            allocating.drop_expired_holds(centre=centre, now=now)
            found = allocating.possible_for(plan=plan, centre=centre, starts_at=starts_at, now=now)
            jobs = inserting.insert_visit(appointment=appointment, plan=plan)
            booking_pictures.attach(appointment=appointment, pictures=pictures)
            allocating.take_for_visit(appointment=appointment, plan=plan, now=now, jobs=jobs, found=found)
            record_change("services.appointment_booked", appointment, by=by, now=now)
    except allocating.NoCapacity:
        # Where the car is elsewhere at that time, that is the reason to be told.
        inserting.check_vehicle_free(vehicle_id=vehicle.pk if vehicle else None, span=span)
        starts.check_open(centre=centre, span=span)
        raise holds.slot_taken(centre=centre, plan=plan, starts_at=starts_at, now=now) from None
    return appointment


def move_appointment(
    *, by: User, appointment: Appointment, starts_at: datetime, now: datetime, reason: str = ""
) -> Appointment:
    """Move a visit to another start at the same centre; if that fails the old one stays whole.

    Colleagues of the centre move after the cut-off, too. A ``reason`` (a code) chooses the words of
    the notice: see notices.py. Raises NotFound, NotChangeable,
    CutoffPassed, and what book_appointment raises for a start.
    """
    centre = appointment.centre
    span: DateTimeTZRange | None = None
    plan = plan_of(appointment)
    try:
        with transaction.atomic():
            days = {civil.local_date(moment, centre.zone) for moment in (appointment.starts_at, starts_at)}
            for day in sorted(days):
                allocating.lock_day(centre, day)
            appointment, by_staff = lock_changeable(appointment, by, now)
            if starts_at == appointment.starts_at:
                return appointment
            starts.check_start(centre=centre, plan=plan, starts_at=starts_at, now=now, by_staff=by_staff)
            span = starts.span_of(plan=plan, starts_at=starts_at)
            inserting.check_vehicle_free(vehicle_id=appointment.vehicle_id, span=span, but=appointment.pk)
            allocating.release(appointment)
            if not by_staff:
                holds.end_choice_for_booking(by)
            allocating.drop_expired_holds(centre=centre, now=now)
            put_at(appointment, plan, span, by=by, now=now)
            allocating.take_for_visit(appointment=appointment, plan=plan, now=now)
            why: dict[str, Any] = {"reason": reason} if reason else {}
            record_change("services.appointment_moved", appointment, by=by, now=now, days=days, **why)
    except allocating.NoCapacity:
        starts.check_open(centre=centre, span=span)
        raise holds.slot_taken(
            centre=centre, plan=plan, starts_at=starts_at, now=now, moving=appointment
        ) from None
    return appointment


def put_at(
    appointment: Appointment, plan: Plan, span: DateTimeTZRange, *, by: User | None, now: datetime
) -> None:
    """Write the locked visit and its jobs to another time, with the promise that follows from it."""
    # Later jobs first when moving later, so that two jobs never lie over each other in between.
    later = span.lower > appointment.starts_at
    appointment.span = span
    appointment.promised_at = span.upper
    appointment.version += 1
    appointment.save(update_fields=["span", "promised_at", "version"])
    for job in appointment.jobs.order_by("-position" if later else "position"):
        step = plan.steps[job.position - 1]
        start = span.lower + step.offset
        job.span = DateTimeTZRange(start, start + step.length, "[)")
        job.save(update_fields=["span"])
    PromiseChange.objects.create(appointment=appointment, promised_at=span.upper, by=by, at=now)


def cancel_appointment(*, by: User, appointment: Appointment, now: datetime) -> Appointment:
    """Cancel a visit; all that it held is free again at once.

    Raises NotFound, NotChangeable (under way, over, or cancelled before), CutoffPassed.
    """
    with transaction.atomic():
        appointment, _by_staff = lock_changeable(appointment, by, now)
        if appointment.status != Status.BOOKED:
            raise NotChangeable
        call_off(appointment)
        record_change("services.appointment_cancelled", appointment, by=by, now=now)
    return appointment


def call_off(appointment: Appointment) -> None:
    """Cancel the locked visit and free what it held; the caller checks, and records why."""
    appointment.status = Appointment.Status.CANCELLED
    appointment.version += 1
    appointment.save(update_fields=["status", "version"])
    appointment.jobs.update(state=Job.State.DROPPED)
    allocating.release(appointment)


def record_change(
    kind: str,
    appointment: Appointment,
    *,
    by: User | None,
    now: datetime,
    days: set[date] | None = None,
    audience: Iterable[User | int] | None = None,
    **data: Any,
) -> None:
    """Write the event, and push it; for ``audience``, or whoever booked and owns the car at ``now``."""
    if audience is None:
        car = appointment.vehicle_id
        owners = ownership.keeper_ids_of(vehicle_id=car, now=now) if car is not None else []
        audience = [*owners, appointment.booked_by_id]
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
        audience=audience,
        at=now,
    )
    live.announce(kind, appointment, days=days)


def _check_doorstep(plan: Plan, doorstep: Doorstep | None) -> None:
    if plan.way not in Way.travelling():
        if doorstep is not None:
            raise Invalid(_("No address is needed for this."), code="address_not_needed", field="street")
        return
    if doorstep is None or not doorstep.street.strip() or not doorstep.town.strip():
        raise Invalid(_("Please give the address that we come to."), code="no_address", field="street")
    if doorstep.postcode != plan.postcode:
        raise Invalid(_("The postcode differs from the address."), code="no_address", field="postcode")


def lock_changeable(appointment: Appointment, by: User, now: datetime) -> tuple[Appointment, bool]:
    """The visit, locked, and whether ``by`` changes it as a colleague of its centre.

    Raises NotFound, NotChangeable, CutoffPassed.
    """
    rows = (
        Appointment.objects.select_related("centre", "service_type", "booked_by")
        .select_for_update(of=("self",))
        .filter(pk=appointment.pk)
    )
    by_staff = by.has_permission(CHANGE_DAY, appointment.centre)
    locked = (
        rows.first()
        if by_staff
        else rows.filter(
            pk__in=Appointment.objects.visible_to(by, now).filter(pk=appointment.pk).values("pk")
        ).first()
    )
    if locked is None:
        raise NotFound(_("This appointment was not found."))
    if not (locked.status == Appointment.Status.BOOKED or (by_staff and _waits_in_the_yard(locked))):
        raise NotChangeable
    if not by_staff and now > locked.may_change_until:
        raise CutoffPassed(hours=locked.centre.cutoff_hours, phone=locked.centre.phone)
    return locked, by_staff


def _waits_in_the_yard(appointment: Appointment) -> bool:
    """The car is here, but nobody has begun: colleagues may still put the work elsewhere in the day."""
    here = {Status.ARRIVED, Status.DIAGNOSED, Status.WAITING_APPROVAL, Status.WAITING_PARTS}
    return appointment.status in here and not appointment.jobs.exclude(state=Job.State.PLANNED).exists()
