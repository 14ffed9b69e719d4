"""Moving work on the board: another time, another person, place or car."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, Invalid, NotFound
from services.booking import allocating, booking
from services.booking.plans import plan_of
from services.centres import replans
from services.desk import reasons, workday
from services.errors import SlotTaken
from services.models import Allocation, Appointment, Job, Resource

Place = tuple[int, str]  # a job's position (0: the whole visit) and the part of it
NO_SUCH_RESOURCE = _("There is no such person, place or car.")
Status = Appointment.Status
UNDER_WAY = (Job.State.STARTED, Job.State.PAUSED, Job.State.FINISHED)


def may_move(visit: Appointment, jobs: Iterable[Job]) -> bool:
    """Whether the visit may begin at another time: not once the car is ready, or work has begun."""
    waits = visit.status == Status.BOOKED or (
        visit.status in Status.in_house() and visit.status not in (Status.IN_WORK, Status.READY)
    )
    return waits and not any(job.state in UNDER_WAY for job in jobs)


def place_visit(
    *,
    by: User,
    appointment: Appointment,
    now: datetime,
    starts_at: datetime | None = None,
    seats: Mapping[Place, Resource] | None = None,
) -> Appointment:
    """Move a visit to another start, give parts of it to named resources, or both: all or nothing.

    ``starts_at`` None leaves the time. A seat that is named must be free; one that is not named
    stays with whoever has it where that is possible, else somebody else takes it. The customer is
    told of another time only. Raises NotFound, NotAllowed; NotChangeable; Invalid for a start (see
    move_appointment); Conflict with the reason in words (resource_not_free, nobody_free,
    changed_meanwhile, unknown_part, work_begun).
    """
    chosen = dict(seats or {})
    centre, before = appointment.centre, appointment.starts_at
    wanted = starts_at or before
    # Foreign resources are no business of this centre's staff.
    if any(resource.centre_id != centre.pk for resource in chosen.values()):
        raise NotFound(NO_SUCH_RESOURCE, field="resource")
    try:
        with transaction.atomic():
            days = {civil.local_date(moment, centre.zone) for moment in (before, wanted)}
            visit = _lock(by, appointment, days, before)
            kept = _held(visit)
            if wanted != before:
                visit = _move(by, visit, wanted, now)
                kept_seats = {place: who for place, who in kept.items() if place not in chosen}
                _give_back(visit, kept_seats, now)
            for place, resource in chosen.items():
                _give(by, visit, place, resource, now)
            if chosen and all(seat.allocation for seat in allocating.seats(appointment=visit, now=now)):
                replans.settle(appointment=visit, by=by, now=now)
    except SlotTaken as error:
        lacking = reasons.what_is_lacking(appointment=appointment, starts_at=wanted, seats=chosen, now=now)
        raise Conflict(lacking, code="nobody_free", field="starts_at", extra=error.extra) from None
    except Conflict as error:
        if error.code != "resource_not_free":
            raise
        why = reasons.why_not(appointment=appointment, starts_at=wanted, seats=chosen, now=now)
        raise Conflict(why or str(error), code="resource_not_free", field="resource") from None
    return visit


def assign_open_work(*, by: User, appointment: Appointment, now: datetime) -> Appointment:
    """Take for a visit whatever it lacks, from who is free at its time.

    Raises NotFound, NotAllowed, Conflict (nobody_free) with what is lacking.
    """
    before = appointment.starts_at
    day = civil.local_date(before, appointment.centre.zone)
    try:
        with transaction.atomic():
            visit = _lock(by, appointment, {day}, before)
            held = set(_held(visit))
            allocating.drop_expired_holds(centre=visit.centre, now=now)
            allocating.fill(appointment=visit, now=now)
            for place, resource in _held(visit).items():
                if place not in held:
                    _record(by, visit, place, resource, now)
            replans.settle(appointment=visit, by=by, now=now)
    except allocating.NoCapacity:
        lacking = reasons.what_is_lacking(appointment=appointment, starts_at=before, seats={}, now=now)
        raise Conflict(lacking, code="nobody_free") from None
    return visit


def _lock(by: User, appointment: Appointment, days: set[date], before: datetime) -> Appointment:
    """The days first, then the visit: the same order everywhere."""
    for day in sorted(days):
        allocating.lock_day(appointment.centre, day)
    visit = workday.locked_visit(by=by, appointment=appointment)
    if visit.starts_at != before:
        raise Conflict(_("Somebody has just moved this visit. Please look again."), code="changed_meanwhile")
    if visit.status in (Status.DONE, *Status.gone()):
        raise Conflict(_("This visit is over."), code="visit_over")
    return visit


def _held(visit: Appointment) -> dict[Place, Resource]:
    return {
        (allocation.job.position if allocation.job else 0, allocation.part): allocation.resource
        for allocation in Allocation.objects.filter(appointment=visit, active=True).select_related(
            "job", "resource"
        )
    }


def _move(by: User, visit: Appointment, starts_at: datetime, now: datetime) -> Appointment:
    if visit.jobs.filter(state__in=UNDER_WAY).exists():
        raise Conflict(
            _("Work has begun: the time stays. Somebody else can still go on with it."), code="work_begun"
        )
    return booking.move_appointment(by=by, appointment=visit, starts_at=starts_at, now=now)


def _give_back(visit: Appointment, kept: Mapping[Place, Resource], now: datetime) -> None:
    """Who had it before has it again, if free at the new time."""
    for (position, part), resource in kept.items():
        try:
            with transaction.atomic():
                allocating.swap(appointment=visit, position=position, part=part, resource=resource, now=now)
        except Conflict:
            continue  # whoever the move has found keeps it


def _give(by: User, visit: Appointment, place: Place, resource: Resource, now: datetime) -> None:
    position, part = place
    holds_it = visit.allocations.filter(active=True, part=part, resource=resource)
    of_it = Q(job__position=position) if position else Q(job__isnull=True)
    if holds_it.filter(of_it).exists():
        return
    job = visit.jobs.filter(position=position).first()
    if job is not None and job.state in (Job.State.FINISHED, Job.State.DROPPED):
        raise Conflict(_("This job is finished."), code="job_over")
    if not any((demand.position, demand.part) == place for demand in reasons.demands(visit, plan_of(visit))):
        raise Invalid(_("This visit does not need that."), code="unknown_part", field="part")
    allocating.swap(appointment=visit, position=position, part=part, resource=resource, now=now)
    _record(by, visit, place, resource, now)


def _record(by: User, visit: Appointment, place: Place, resource: Resource, now: datetime) -> None:
    """Nobody outside is told: for the customer nothing has changed."""
    position, part = place
    booking.record_change(
        "services.visit_reassigned",
        visit,
        by=by,
        now=now,
        audience=[],
        job=position,
        part=part,
        resource=resource.pk,
    )
