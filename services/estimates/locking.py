"""An estimate under lock, and what the journal and the pages hear of it.

The visit is locked first, always: a status that follows from an estimate can't cross another step.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, NotFound
from journal import log
from services import live as day_live
from services.desk import workday
from services.models import Appointment, Estimate, StatusChange
from services.visits import concerned

Status = Appointment.Status
OVER = (Status.DONE, *Status.gone())


def lock_for_staff(*, by: User, estimate: Estimate) -> Estimate:
    """The estimate with its visit, both locked, for a colleague who may change the day.

    Raises NotFound, NotAllowed, Conflict once the visit is over.
    """
    visit = workday.locked_visit(by=by, appointment=estimate.appointment)
    return lock_of(visit, estimate)


def lock_of(visit: Appointment, estimate: Estimate) -> Estimate:
    """One of the estimates of a visit that is locked already."""
    found = Estimate.objects.select_for_update(of=("self",)).filter(pk=estimate.pk, appointment=visit).first()
    if found is None:
        raise NotFound(_("There is no such estimate."))
    found.appointment = visit
    return found


def lock_visit(visits: QuerySet[Appointment], pk: int) -> Appointment:
    """One of these visits, locked. Raises NotFound."""
    visit = (
        visits.select_related("centre", "service_type", "booked_by")
        .select_for_update(of=("self",))
        .filter(pk=pk)
        .first()
    )
    if visit is None:
        raise NotFound(_("There is no such estimate."))
    return visit


def require_running(visit: Appointment) -> None:
    if visit.status in OVER:
        raise Conflict(_("This visit is over."), code="visit_over")


def wait_for_approval(visit: Appointment, *, by: User, now: datetime) -> None:
    """The car stands until the customer has decided; a visit that has not begun, or is done, goes on."""
    if Status.WAITING_APPROVAL in workday.NEXT.get(visit.status, ()):
        workday.take_step(by=by, appointment=visit, status=Status.WAITING_APPROVAL, now=now)


def go_on(visit: Appointment, *, by: User | None, now: datetime) -> None:
    """Back to what the car was at before it waited for the customer; somebody may have gone on before."""
    if visit.status != Status.WAITING_APPROVAL:
        return
    before = (
        StatusChange.objects.filter(appointment=visit)
        .exclude(status=visit.status)
        .order_by("-at", "-pk")
        .first()
    )
    status = Status(before.status) if before else Status.DIAGNOSED
    if status not in workday.NEXT[visit.status]:
        status = Status.DIAGNOSED  # whoever knows the price has looked at the car
    parts = workday.Parts(before.parts, before.parts_expected_on) if before else workday.NO_PARTS
    workday.take_step(by=by, appointment=visit, status=status, now=now, parts=parts)


def store(estimate: Estimate, *fields: str) -> None:
    """Write these fields and count the change."""
    estimate.version += 1
    estimate.save(update_fields=[*fields, "version"])


def tell(kind: str, estimate: Estimate, *, by: User | None, now: datetime, **data: Any) -> None:
    """The journal, those who look at the visit or its day; ``payers`` only of what they were sent."""
    visit = estimate.appointment
    sent = estimate.state != Estimate.State.DRAFT
    log.record(
        f"services.estimate_{kind}",
        by=by,
        subject=visit,
        data={
            "centre": visit.centre_id,
            "code": visit.code,
            "estimate": estimate.pk,
            "number": estimate.number,
            **data,
        },
        audience=concerned.payers_of(visit, now) if sent else [],
        at=now,
    )
    day_live.announce(f"services.estimate_{kind}", visit)
