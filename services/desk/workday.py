"""The day of a centre as its staff run it: who comes when, and how far the work is."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from services.booking import booking
from services.models import Allocation, Appointment, ServiceType, StatusChange, Way

Status = Appointment.Status
VIEW_DAY, CHANGE_DAY = "services.view_day", "services.change_day"

# What may follow what, the usual step first. Who came can't un-come, and who left can't un-leave.
# A customer may take the car with the work undone, and a test drive needs none.
NEXT: dict[str, tuple[Status, ...]] = {
    Status.BOOKED: (Status.ARRIVED, Status.NO_SHOW),
    Status.ARRIVED: (
        Status.IN_WORK,
        Status.DIAGNOSED,
        Status.WAITING_PARTS,
        Status.WAITING_APPROVAL,
        Status.DONE,
    ),
    Status.DIAGNOSED: (
        Status.IN_WORK,
        Status.WAITING_PARTS,
        Status.WAITING_APPROVAL,
        Status.READY,
        Status.DONE,
    ),
    Status.WAITING_APPROVAL: (
        Status.IN_WORK,
        Status.DIAGNOSED,
        Status.WAITING_PARTS,
        Status.QUALITY_CHECK,
        Status.DONE,
    ),
    Status.WAITING_PARTS: (Status.IN_WORK, Status.DIAGNOSED, Status.WAITING_APPROVAL, Status.DONE),
    Status.IN_WORK: (
        Status.READY,
        Status.QUALITY_CHECK,
        Status.WAITING_PARTS,
        Status.WAITING_APPROVAL,
    ),
    Status.QUALITY_CHECK: (Status.READY, Status.IN_WORK, Status.WAITING_PARTS, Status.WAITING_APPROVAL),
    Status.READY: (Status.DONE, Status.IN_WORK),
}
# Follows from an estimate that is sent, never from a button.
BY_ITSELF = (Status.WAITING_APPROVAL,)
# Follows from a form where the car passes over our counter: check-in and hand-back.
BY_FORM = (Status.ARRIVED, Status.DONE)
QUICK = 2  # buttons in a row of the day


class Parts(NamedTuple):
    """What a visit waits for, and the civil day at the centre on which it is expected, if known."""

    words: str = ""
    expected_on: date | None = None


NO_PARTS = Parts()


def next_steps(*, by: User, appointment: Appointment, now: datetime) -> list[Status]:
    """What ``by`` may make of the visit now, the usual step first."""
    if not by.has_permission(CHANGE_DAY, appointment.centre):
        return []
    closed = BY_ITSELF + (BY_FORM if passes_counter(appointment) else ())
    steps = [step for step in NEXT.get(appointment.status, ()) if step not in closed]
    return [step for step in steps if step != Status.NO_SHOW or now >= appointment.starts_at]


def quick_steps(*, by: User, appointment: Appointment, now: datetime) -> list[Status]:
    """The usual ones that need no words: for a row of a list."""
    steps = next_steps(by=by, appointment=appointment, now=now)
    silent: list[Status] = [step for step in steps if step != Status.WAITING_PARTS]
    return silent[:QUICK]


def passes_counter(appointment: Appointment) -> bool:
    """Whether the car is checked in and handed back at the counter.

    Not so for a test drive, at a lane of the swap station, and where we come to the customer.
    """
    kind = appointment.service_type
    return kind.needs_car and kind.place != ServiceType.Place.LANE and appointment.way != Way.MOBILE


def form_step(*, by: User, appointment: Appointment) -> Status | None:
    """The usual next step, where a form leads to it: ARRIVED by check-in, DONE by hand-back."""
    if not passes_counter(appointment) or not by.has_permission(CHANGE_DAY, appointment.centre):
        return None
    usual = next(iter(NEXT.get(appointment.status, ())), None)
    return usual if usual in BY_FORM else None


def change_status(
    *,
    by: User,
    appointment: Appointment,
    status: str,
    now: datetime,
    note: str = "",
    parts: Parts = NO_PARTS,
) -> Appointment:
    """Take a visit a step on; ``note`` is read by the customer, ``parts`` go with waiting for them.

    Raises NotFound outside ``by``'s centres, NotAllowed without services.change_day there,
    Invalid for an unknown status, a car that did not come before its time, or parts that are
    not named; Conflict for a step that does not follow, and (form_needed) for one that the check-in
    or the hand-back takes.
    """
    with transaction.atomic():
        locked = locked_visit(by=by, appointment=appointment)
        if status not in Status.values:
            raise Invalid(_("There is no such status."), code="unknown_status", field="status")
        if status in BY_ITSELF:
            raise Conflict(_("This follows by itself when an estimate is sent."), code="wrong_step")
        if status in BY_FORM and passes_counter(locked):
            raise Conflict(
                _("Please check the car in: the repair order belongs to it.")
                if status == Status.ARRIVED
                else _("Please use the hand-back: the last look at the car belongs to it."),
                code="form_needed",
                field="status",
            )
        if status == Status.NO_SHOW and locked.status == Status.BOOKED and now < locked.starts_at:
            raise Invalid(_("The appointment has not begun yet."), code="not_begun", field="status")
        take_step(by=by, appointment=locked, status=Status(status), now=now, note=note, parts=parts)
    return locked


def locked_visit(*, by: User, appointment: Appointment, permission: str = CHANGE_DAY) -> Appointment:
    """The visit, locked until the transaction ends, for a colleague who may change it.

    Raises NotFound outside ``by``'s centres, NotAllowed without ``permission`` there.
    """
    locked = (
        Appointment.objects.at_centres_of(by)
        .select_related("centre", "service_type", "booked_by")
        .select_for_update(of=("self",))
        .filter(pk=appointment.pk)
        .first()
    )
    if locked is None:
        raise NotFound(_("This appointment was not found."))
    if not by.has_permission(permission, locked.centre):
        raise NotAllowed(_("You may look at this day, but not change it."))
    return locked


def take_step(
    *,
    by: User | None,
    appointment: Appointment,
    status: Status,
    now: datetime,
    note: str = "",
    parts: Parts = NO_PARTS,
) -> None:
    """The step itself, for callers that hold the visit's lock and have asked for the right.

    ``by`` None is the house: an estimate's time ran out. Raises Conflict for a step that does
    not follow, Invalid for waiting for parts that nobody named.
    """
    if status not in NEXT.get(appointment.status, ()):
        raise Conflict(_("This step does not follow from the present status."), code="wrong_step")
    if status == Status.WAITING_PARTS and not parts.words.strip():
        raise Invalid(_("Please say which parts are missing."), code="parts_missing", field="parts")
    if status != Status.WAITING_PARTS:
        parts = NO_PARTS
    appointment.status = status
    appointment.version += 1
    appointment.save(update_fields=["status", "version"])
    StatusChange.objects.create(
        appointment=appointment,
        status=status,
        note=note.strip(),
        parts=parts.words.strip(),
        parts_expected_on=parts.expected_on,
        by=by,
        at=now,
    )
    if status in Status.gone():
        Allocation.objects.filter(appointment=appointment, active=True).update(active=False)
    booking.record_change("services.appointment_progressed", appointment, by=by, now=now, status=status)
