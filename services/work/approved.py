"""Extra work that the customer approved: shown as work to do, ticked off when done."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, NotFound
from journal import log
from services import live
from services.models import Appointment, Centre, Estimate, EstimateLine, Job
from services.work.moments import moment_of


def approved_lines(*, appointment: Appointment) -> QuerySet[EstimateLine]:
    """Lines of the visit's estimates that were approved, in order, done or not."""
    return EstimateLine.objects.filter(
        estimate__appointment=appointment,
        estimate__state=Estimate.State.DECIDED,
        decision=EstimateLine.Decision.APPROVED,
    ).order_by("estimate__number", "position")


def waiting_lines(*, appointment: Appointment) -> int:
    """How many lines wait for the customer's word: this work must not begin."""
    return EstimateLine.objects.filter(
        estimate__appointment=appointment, estimate__state=Estimate.State.SENT, decision="open"
    ).count()


def lines_of(user: User) -> QuerySet[EstimateLine]:
    """Lines at whose visits the person may work."""
    return EstimateLine.objects.filter(
        Q(estimate__appointment__in=Job.objects.workable_by(user).values("appointment"))
        | Q(estimate__appointment__centre__in=Centre.objects.staffed_by(user, "services.change_day"))
    )


def tick_line(
    *, by: User, line: EstimateLine, done: bool = True, at: datetime | None = None, now: datetime
) -> EstimateLine:
    """Extra work is done at the instant ``at``, or not after all. Said twice, it changes nothing more.

    Raises NotFound, Invalid (in_future, too_old), Conflict: not_approved, visit_over.
    """
    moment = moment_of(at=at, now=now)
    with transaction.atomic():
        held = (
            lines_of(by)
            .select_related("estimate__appointment__centre")
            .select_for_update(of=("self",))
            .filter(pk=line.pk)
            .first()
        )
        if held is None:
            raise NotFound(_("This work was not found."))
        visit = held.estimate.appointment
        if held.decision != EstimateLine.Decision.APPROVED or held.estimate.state != Estimate.State.DECIDED:
            raise Conflict(_("The customer has not approved this work."), code="not_approved")
        if visit.status in (Appointment.Status.DONE, *Appointment.Status.gone()):
            raise Conflict(_("This visit is over; nothing more is to be done."), code="visit_over")
        if (held.done_at is not None) == done:
            return held
        held.done_at = moment if done else None
        held.save(update_fields=["done_at"])
        log.record(
            "services.approved_work_done" if done else "services.approved_work_reopened",
            by=by,
            subject=visit,
            data={"centre": visit.centre_id, "line": held.pk},
            at=moment,
        )
        live.announce("services.approved_work_done", visit)
    return held
