"""The day of a centre as its staff run it: who comes when, and how far the work is."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from services.booking import booking
from services.models import Allocation, Appointment, Centre

Status = Appointment.Status

# What may follow what. Moving on is the rule; the day has no way back.
NEXT: dict[str, tuple[Status, ...]] = {
    Status.BOOKED: (Status.ARRIVED, Status.NO_SHOW),
    Status.ARRIVED: (Status.IN_WORK,),
    Status.IN_WORK: (Status.READY,),
    Status.READY: (Status.DONE,),
}


def next_steps(*, by: User, appointment: Appointment, now: datetime) -> list[Status]:
    """What ``by`` may make of the visit now, the usual step first."""
    if not by.has_permission("services.change_day", appointment.centre):
        return []
    steps = NEXT.get(appointment.status, ())
    return [step for step in steps if step != Status.NO_SHOW or now >= appointment.starts_at]


def visits_of_day(*, by: User, centre: Centre, day: date) -> list[Appointment]:
    """The visits that touch a civil day of the centre, in order, with bay and technician.

    Empty for a centre that is not ``by``'s. Each visit carries ``taken`` (its allocations).
    """
    start, end = civil.day_span(day, centre.zone)
    return list(
        Appointment.objects.at_centres_of(by)
        .filter(centre=centre)
        .exclude(status=Status.CANCELLED)
        .within(start, end)
        .with_names()
        .select_related("booked_by")
        .prefetch_related(
            Prefetch(
                "allocations",
                Allocation.objects.filter(active=True).select_related("resource").order_by("resource__kind"),
                to_attr="taken",
            )
        )
        .order_by("span", "pk")
    )


def change_status(*, by: User, appointment: Appointment, status: str, now: datetime) -> Appointment:
    """Take a visit one step on (arrived, in work, ready, done; or did not come).

    Raises NotFound outside ``by``'s centres, NotAllowed without services.change_day there,
    Invalid for an unknown status or a car that did not come before its time, Conflict for a
    step that does not follow.
    """
    with transaction.atomic():
        locked = (
            Appointment.objects.at_centres_of(by)
            .select_related("centre", "service_type", "booked_by")
            .select_for_update(of=("self",))
            .filter(pk=appointment.pk)
            .first()
        )
        if locked is None:
            raise NotFound(_("This appointment was not found."))
        if not by.has_permission("services.change_day", locked.centre):
            raise NotAllowed(_("You may look at this day, but not change it."))
        if status not in Status.values:
            raise Invalid(_("There is no such status."), code="unknown_status", field="status")
        if status not in NEXT.get(locked.status, ()):
            raise Conflict(_("This step does not follow from the present status."), code="wrong_step")
        if status == Status.NO_SHOW and now < locked.starts_at:
            raise Invalid(_("The appointment has not begun yet."), code="not_begun", field="status")
        locked.status = Status(status)
        locked.version += 1
        locked.save(update_fields=["status", "version"])
        if status in Status.gone():
            Allocation.objects.filter(appointment=locked, active=True).update(active=False)
        booking.record_change("services.appointment_progressed", locked, by=by, now=now, status=status)
    return locked
