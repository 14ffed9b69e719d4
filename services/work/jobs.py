"""The jobs of a day as those who do them see them, and what comes next at each."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import NotFound
from services.models import (
    Allocation,
    Appointment,
    Centre,
    CheckItem,
    CheckResult,
    EstimateLine,
    Job,
    JobTime,
    Resource,
    Way,
)

DO_WORK = "services.do_work"
State = Job.State
Status = Appointment.Status
OVER = [State.FINISHED, State.DROPPED]
# The car is with us and its work not yet done.
WORKABLE = [
    Status.ARRIVED,
    Status.DIAGNOSED,
    Status.WAITING_APPROVAL,
    Status.WAITING_PARTS,
    Status.IN_WORK,
    Status.QUALITY_CHECK,
]


class NextStep(StrEnum):
    """What a job waits for; ``NONE`` with the visit's status says why nothing can be done."""

    START = "start"
    RESUME = "resume"
    FINISH = "finish"
    APPROVED_WORK = "approved_work"
    CHECK = "quality_check"
    NONE = "none"


def own_places(*, by: User) -> list[Resource]:
    """As whom the person works, and where: usually one row."""
    return list(
        Resource.objects.filter(
            user=by,
            is_active=True,
            kind__in=Resource.Kind.people(),
            centre__in=Centre.objects.staffed_by(by, DO_WORK),
        )
        .select_related("centre")
        .order_by("pk")
    )


def with_all(jobs: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
    """With what a card shows: visit, car, place, technician (``taken``), running time and counts.

    ``points`` are those of the sheet, ``checked`` those with a result, ``jobs_open`` the visit's jobs
    that are not over, ``lines_open`` its approved lines that are not done.
    """
    same_visit = Job.objects.filter(appointment=OuterRef("appointment")).exclude(state__in=OVER)
    points = CheckItem.objects.filter(service_type=OuterRef("service_type"), is_active=True)
    checked = CheckResult.objects.filter(job=OuterRef("pk"), item__is_active=True)
    approved = EstimateLine.objects.filter(
        estimate__appointment=OuterRef("appointment"),
        estimate__state="decided",
        decision=EstimateLine.Decision.APPROVED,
        done_at__isnull=True,
    )
    return (
        jobs.select_related(
            "service_type", "appointment__centre", "appointment__vehicle__model", "appointment__booked_by"
        )
        .annotate(
            points=_count_of(points, "service_type"),
            checked=_count_of(checked, "job"),
            jobs_open=_count_of(same_visit, "appointment"),
            lines_open=_count_of(approved, "estimate__appointment"),
        )
        .prefetch_related(
            Prefetch(
                "allocations",
                Allocation.objects.filter(active=True).select_related("resource").order_by("part"),
                to_attr="taken",
            ),
            Prefetch("times", JobTime.objects.select_related("technician").order_by("started_at")),
        )
    )


def jobs_of_day(
    *, by: User, centre: Centre, day: date, resource: Resource | None = None
) -> "models.QuerySet[Job]":
    """The jobs of a civil day at the centre that ``by`` may work on, in order, running ones first.

    With ``resource`` only those given to this technician. Work left over from earlier days is among
    them as long as its car is here.
    """
    start, end = civil.day_span(day, centre.zone)
    left_over = Q(
        span__startswith__lt=start,
        state__in=[State.PLANNED, State.STARTED, State.PAUSED],
        appointment__status__in=WORKABLE,
    )
    rows = (
        Job.objects.workable_by(by)
        .filter(Q(span__overlap=(start, end)) | left_over, appointment__centre=centre)
        .exclude(appointment__status__in=Status.gone())
    )
    if resource is not None:
        given = Allocation.objects.filter(
            job=OuterRef("pk"), resource=resource, active=True, part=Allocation.Part.TECHNICIAN
        )
        rows = rows.filter(Exists(given))
    return with_all(rows).order_by("span", "pk")


def job_for(*, by: User, pk: int) -> Job:
    """One job with all that is shown of it. Raises NotFound for one that is not ``by``'s to do."""
    job = with_all(Job.objects.workable_by(by)).filter(pk=pk).first()
    if job is None:
        raise NotFound(_("This job was not found."))
    return job


def locked_job(*, by: User, job: Job) -> Job:
    """The job's row, locked, with its visit. Raises NotFound for one that is not ``by``'s to do."""
    held = (
        Job.objects.workable_by(by)
        .select_related("appointment__centre")
        .select_for_update(of=("self",))
        .filter(pk=job.pk)
        .first()
    )
    if held is None:
        raise NotFound(_("This job was not found."))
    return held


def next_step(job: Job) -> NextStep:
    """What is to be done at a job that ``with_all`` has read."""
    visit = job.appointment
    here = visit.status in WORKABLE or (visit.status == Status.BOOKED and visit.way == Way.MOBILE)
    if not here or job.state == State.DROPPED:
        return NextStep.NONE
    if job.state in OVER:
        if visit.status != Status.IN_WORK or job.jobs_open:
            return NextStep.NONE
        return NextStep.APPROVED_WORK if job.lines_open else NextStep.CHECK
    steps = {State.PLANNED: NextStep.START, State.PAUSED: NextStep.RESUME, State.STARTED: NextStep.FINISH}
    return steps[State(job.state)]


def in_order(rows: list[Job]) -> list[Job]:
    """What is being done first, then what can be done, then what waits; the rest at the end."""

    def place(job: Job) -> tuple[int, datetime, int]:
        step = next_step(job)
        over = job.state in OVER
        waits = step == NextStep.NONE and not over
        order = (
            0 if job.state == State.STARTED else 4 if over and step == NextStep.NONE else 2 if waits else 1
        )
        return order, job.starts_at, job.pk

    return sorted(rows, key=place)


def running_job(*, resource: Resource) -> Job | None:
    """What the technician works on at this moment."""
    time = JobTime.objects.filter(technician=resource, ended_at__isnull=True).select_related("job").first()
    return time.job if time else None


def _count_of(rows: "models.QuerySet[Any]", group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(models.Subquery(counted), 0, output_field=models.IntegerField())


__all__ = [
    "DO_WORK",
    "NextStep",
    "in_order",
    "job_for",
    "jobs_of_day",
    "locked_job",
    "next_step",
    "own_places",
    "running_job",
    "with_all",
]
