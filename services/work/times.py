"""Starting, pausing and finishing jobs, with the times really worked."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotFound
from journal import log
from services import live
from services.desk import workday
from services.models import Allocation, Appointment, EstimateLine, Job, JobTime, Resource, Way
from services.work import sheets
from services.work.jobs import OVER, WORKABLE
from services.work.moments import moment_of

State = Job.State
Status = Appointment.Status


def start_job(*, by: User, job: Job, at: datetime | None = None, now: datetime) -> Job:
    """Begin a job, or go on with it, at the instant ``at`` (UTC, default ``now``).

    The visit goes to "in work". The time counts for the technician the job is given to. Said twice,
    it changes nothing more. Raises NotFound, Invalid (in_future, too_old), Conflict: not_here,
    job_over, nobody_assigned, job_running (somebody else works on it), busy_elsewhere, times_overlap.
    """
    moment = moment_of(at=at, now=now)
    with transaction.atomic():
        held = _locked(by, job)
        worker = _worker(by, held)
        running = held.times.filter(ended_at__isnull=True).first()
        if running is not None and running.technician_id == worker.pk:
            return held
        _require_here(held)
        if running is not None:
            raise Conflict(_("Somebody else is working on this job."), code="job_running")
        _write_time(held, worker, moment)
        _set_state(held, State.STARTED)
        _move_visit(held, by=by, now=now)
        _record("services.job_started", held, by=by, at=moment, technician=worker.pk)
    return held


def pause_job(*, by: User, job: Job, at: datetime | None = None, now: datetime) -> Job:
    """Stop working on a job for now. Said twice, it changes nothing more.

    Raises NotFound, Invalid (in_future, too_old, before_start), Conflict (not_running).
    """
    moment = moment_of(at=at, now=now)
    with transaction.atomic():
        held = _locked(by, job)
        if held.state == State.PAUSED:
            return held
        if held.state != State.STARTED:
            raise Conflict(_("Nobody is working on this job."), code="not_running")
        _end_time(held, moment)
        _set_state(held, State.PAUSED)
        _record("services.job_paused", held, by=by, at=moment)
    return held


def finish_job(*, by: User, job: Job, at: datetime | None = None, now: datetime) -> Job:
    """A job is done. Said twice, it changes nothing more. The visit stays "in work" until
    ``hand_to_check``.

    Raises NotFound, Invalid (in_future, too_old, before_start), Conflict: not_started, sheet_open
    (points of the check sheet without a result).
    """
    moment = moment_of(at=at, now=now)
    with transaction.atomic():
        held = _locked(by, job)
        if held.state == State.FINISHED:
            return held
        if held.state not in (State.STARTED, State.PAUSED):
            raise Conflict(_("This job has not been started."), code="not_started")
        missing = sheets.open_points(job=held)
        if missing:
            raise Conflict(
                _("Points of the check sheet are still open: %(points)s.")
                % {"points": ", ".join(item.text for item in missing[:3])},
                code="sheet_open",
                extra={"items": [item.pk for item in missing]},
            )
        _end_time(held, moment)
        _set_state(held, State.FINISHED)
        _record("services.job_finished", held, by=by, at=moment)
    return held


def hand_to_check(*, by: User, job: Job, now: datetime) -> Appointment:
    """The last job of a visit is done: on to the quality check. Said twice, it changes nothing more.

    Raises NotFound, Conflict (work_open) while jobs or approved lines are open.
    """
    with transaction.atomic():
        held = _locked(by, job)
        visit = held.appointment
        if visit.status == Status.QUALITY_CHECK:
            return visit
        lines = EstimateLine.objects.filter(
            estimate__appointment=visit,
            estimate__state="decided",
            decision=EstimateLine.Decision.APPROVED,
            done_at__isnull=True,
        )
        if visit.jobs.exclude(state__in=OVER).exists() or lines.exists():
            raise Conflict(
                _("There is still work to be done on this car. Please finish it first."), code="work_open"
            )
        workday.take_step(by=by, appointment=visit, status=Status.QUALITY_CHECK, now=now)
    return visit


def _locked(by: User, job: Job) -> Job:
    """The job under the lock of its visit: visits first, as everywhere."""
    if not Job.objects.workable_by(by).filter(pk=job.pk).exists():
        raise NotFound(_("This job was not found."))
    visit = (
        Appointment.objects.select_related("centre", "service_type", "booked_by", "vehicle__model")
        .select_for_update(of=("self",))
        .get(pk=job.appointment_id)
    )
    held = Job.objects.select_related("service_type").select_for_update(of=("self",)).get(pk=job.pk)
    held.appointment = visit
    return held


def _require_here(job: Job) -> None:
    visit = job.appointment
    if job.state == State.DROPPED or visit.status in (Status.READY, Status.DONE, *Status.gone()):
        raise Conflict(_("This visit is over; nothing more is to be done."), code="job_over")
    if visit.status not in WORKABLE and visit.way != Way.MOBILE:
        raise Conflict(_("The car has not been received yet. Please ask the front desk."), code="not_here")


def _worker(by: User, job: Job) -> Resource:
    """Whom the job is given to; a job without a technician counts for whoever takes it up."""
    given = Resource.objects.filter(
        allocations__job=job, allocations__active=True, allocations__part=Allocation.Part.TECHNICIAN
    ).first()
    own = Resource.objects.filter(
        user=by, centre=job.appointment.centre, is_active=True, kind__in=Resource.Kind.people()
    )
    worker = given or own.first()
    if worker is None:
        raise Conflict(_("No technician is assigned to this job."), code="nobody_assigned")
    return worker


def _write_time(job: Job, worker: Resource, moment: datetime) -> None:
    """ON CONFLICT DO NOTHING: the constraints decide who is first, and the loser is told in words."""
    JobTime.objects.bulk_create(
        [JobTime(job=job, technician=worker, started_at=moment)], ignore_conflicts=True
    )
    if JobTime.objects.filter(job=job, technician=worker, started_at=moment, ended_at=None).exists():
        return
    other = (
        JobTime.objects.filter(technician=worker, ended_at__isnull=True)
        .select_related("job__appointment")
        .first()
    )
    if other is not None:
        raise Conflict(
            _("%(name)s is still working on visit %(code)s. Please pause or finish that first.")
            % {"name": worker.name, "code": other.job.appointment.code},
            code="busy_elsewhere",
            extra={"job": other.job_id},
        )
    raise Conflict(
        _("At that moment %(name)s was still working on something else.") % {"name": worker.name},
        code="times_overlap",
    )


def _end_time(job: Job, moment: datetime) -> None:
    running = job.times.filter(ended_at__isnull=True).first()
    if running is None:
        return
    if moment < running.started_at:
        raise Invalid(
            _("That would end before it began. Please check the clock of your device."),
            code="before_start",
            field="at",
        )
    running.ended_at = moment
    running.save(update_fields=["ended_at"])


def _set_state(job: Job, state: State) -> None:
    job.state = state
    job.save(update_fields=["state"])


def _move_visit(job: Job, *, by: User, now: datetime) -> None:
    visit = job.appointment
    if visit.status == Status.BOOKED:  # a mobile technician receives the car where it stands
        workday.take_step(by=by, appointment=visit, status=Status.ARRIVED, now=now)
    if visit.status != Status.IN_WORK:
        workday.take_step(by=by, appointment=visit, status=Status.IN_WORK, now=now)


def _record(kind: str, job: Job, *, by: User, at: datetime, **data: int) -> None:
    visit = job.appointment
    log.record(kind, by=by, subject=visit, data={"centre": visit.centre_id, "job": job.pk, **data}, at=at)
    live.announce(kind, visit)
