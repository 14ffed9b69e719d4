"""Handing a car back: what was done is told, the last look was taken, the key is the customer's again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from journal import log
from services.desk import counter, invoicing, workday
from services.models import Appointment, Job, LoanHandover

DONE_LENGTH = 300


def hand_back(
    *,
    by: User,
    appointment: Appointment,
    done: str,
    looked: bool,
    payers: Mapping[str, str] | None = None,
    now: datetime,
) -> Appointment:
    """The visit ends and is billed: ``done`` says in words what was done, ``looked`` that the car was
    looked over, ``payers`` who bears which position (see ``invoicing.bill_visit``).

    Raises as ``invoicing.bill_visit`` and ``counter.lock_visit``; Invalid without the last look or
    without words, Conflict (loan_car_out) while the customer still has our car, and as
    ``workday.take_step``.
    """
    if not done.strip() or len(done) > DONE_LENGTH:
        raise Invalid(
            _("Please tell in up to 300 characters what was done."), code="done_missing", field="done"
        )
    if not looked:
        raise Invalid(_("Please look the car over with the customer."), code="not_looked", field="looked")
    with transaction.atomic():
        visit = counter.lock_visit(by=by, appointment=appointment)
        if LoanHandover.objects.out().filter(appointment=visit).exists():
            raise Conflict(
                _("The customer still has our car. Please take it back first."), code="loan_car_out"
            )
        workday.take_step(by=by, appointment=visit, status=Appointment.Status.DONE, note=done, now=now)
        invoicing.bill_visit(by=by, visit=visit, payers=payers or {}, now=now)
        log.record(
            "services.car_handed_back",
            by=by,
            subject=visit,
            data={"centre": visit.centre_id},
            audience=[visit.booked_by],
            at=now,
        )
    return visit


def suggested_words(appointment: Appointment) -> str:
    """The finished jobs, or those planned: where the colleague begins to write."""
    jobs = list(appointment.jobs.select_related("service_type").order_by("position"))
    done = [job for job in jobs if job.state == Job.State.FINISHED] or jobs
    return ", ".join(job.service_type.name for job in done)[:DONE_LENGTH]
