"""When a car is promised to be ready. A promise is never overwritten: the ones before stay, with reasons."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from services.booking import booking
from services.desk import workday
from services.models import Appointment, PromiseChange
from services.visits import live

OVER = (Appointment.Status.DONE, *Appointment.Status.gone())
LONGEST = timedelta(days=180)


def change_promise(
    *, by: User, appointment: Appointment, promised_at: datetime, reason: str, now: datetime
) -> PromiseChange:
    """Promise the car for another instant; the customer reads why, and is told.

    Raises NotFound and NotAllowed as a change of status does; Invalid for an instant that has
    passed, is more than 180 days away or the same as before, or without a reason; Conflict once
    the car has left.
    """
    if not reason.strip():
        raise Invalid(_("Please say why: the customer reads it."), code="reason_missing", field="reason")
    if promised_at <= now:
        raise Invalid(_("This time has passed."), code="past", field="promised_at")
    if promised_at > now + LONGEST:
        raise Invalid(_("This is more than half a year away."), code="too_far", field="promised_at")
    with transaction.atomic():
        visit = workday.locked_visit(by=by, appointment=appointment)
        if visit.status in OVER:
            raise Conflict(_("The car is no longer with us."), code="visit_over")
        if promised_at == visit.promised_at:
            raise Invalid(_("This time is promised already."), code="same", field="promised_at")
        promise = PromiseChange.objects.create(
            appointment=visit, promised_at=promised_at, reason=reason.strip(), by=by, at=now
        )
        visit.promised_at = promised_at
        visit.version += 1
        visit.save(update_fields=["promised_at", "version"])
        booking.record_change("services.promise_changed", visit, by=by, now=now, promise=promise.pk)
        live.tell(visit, "promise")
    return promise


def told_before(promises: list[PromiseChange]) -> list[PromiseChange]:
    """The earlier promises that the customer should see, oldest first, given all of them in order.

    A visit that was moved begins anew: what was promised for the old time says nothing any more.
    """
    begin = max((place for place, each in enumerate(promises) if not each.reason), default=0)
    return promises[begin:-1]
