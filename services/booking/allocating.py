"""Taking resources for a visit or a hold, under the lock of the centre's day.

The database is the last guard: an exclusion constraint on each resource. The lock lets bookings of
one day queue up, so that losers are told at once and nobody waits crosswise.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from services.booking import availability
from services.booking.availability import Candidate
from services.booking.plans import Demand, Plan, demands_of, plan_of
from services.models import Allocation, Appointment, Centre, Hold, Resource


class NoCapacity(Exception):
    """Inside a transaction only: rolls it back, then becomes an error in words."""


class Seat(NamedTuple):
    """One demand of a visit, what meets it now, and what else could. In the order of demands."""

    demand: Demand
    allocation: Allocation | None
    candidates: list[Candidate]


def lock_day(centre: Centre, day: date) -> None:
    """Bookings of one centre and civil day happen one after the other until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"services.day:{centre.pk}:{day}"]
        )


def drop_expired_holds(*, centre: Centre, now: datetime) -> None:
    """The search looks past them, but the constraint can't ask the clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE services_allocation a SET active = false FROM services_resource r
               WHERE r.id = a.resource_id AND r.centre_id = %s
                 AND a.kind = 'hold' AND a.active AND a.expires_at <= %s""",
            [centre.pk, now],
        )


def take_for_visit(
    *,
    appointment: Appointment,
    plan: Plan,
    now: datetime,
    but: Sequence[Allocation] = (),
    jobs: dict[int, int] | None = None,
    found: "Possible | None" = None,
) -> None:
    """A resource for each demand that none of ``but`` meets already. Raises NoCapacity.

    ``jobs`` are the ids by position, ``found`` what possible_for said, where the caller has them. The
    technician of an earlier job is preferred for the next: one person per car where it can be.
    """
    if found is None:
        found = possible_for(
            plan=plan, centre=appointment.centre, starts_at=appointment.starts_at, now=now, but=but
        )
    if jobs is None:
        jobs = {job.position: job.pk for job in appointment.jobs.all()}
    liked: set[int] = set()
    lists: list[tuple[Demand, list[Candidate]]] = []
    for demand, candidates in found:
        ordered = sorted(candidates, key=lambda each: each.resource_id not in liked)
        lists.append((demand, ordered))
        liked.add(ordered[0].resource_id)
    # The first of each list at once; one by one only where one of them went meanwhile.
    firsts = [(ordered[0], demand) for demand, ordered in lists]
    taken = _insert_all(firsts, appointment, jobs)
    for demand, ordered in lists:
        if (demand.position, demand.part) not in taken and not any(
            _take(each, demand, appointment, jobs) for each in ordered[1:]
        ):
            raise NoCapacity


Possible = Sequence[tuple[Demand, list[Candidate]]]


def possible_for(
    *, plan: Plan, centre: Centre, starts_at: datetime, now: datetime, but: Sequence[Allocation] = ()
) -> Possible:
    """Who could meet each demand that none of ``but`` meets. Raises NoCapacity where nobody can."""
    met = {_place_of(allocation) for allocation in but}
    demands = [each for each in demands_of(plan, centre) if (each.position, each.part) not in met]
    found = availability.candidates(centre=centre, plan=plan, demands=demands, starts_at=starts_at, now=now)
    if not all(found):
        raise NoCapacity
    return list(zip(demands, found, strict=True))


def take_for_hold(*, hold: Hold, plan: Plan, now: datetime) -> None:
    """As take_for_visit. Raises NoCapacity."""
    demands = demands_of(plan, hold.centre)
    found = availability.candidates(
        centre=hold.centre, plan=plan, demands=demands, starts_at=hold.span.lower, now=now
    )
    for demand, possible in zip(demands, found, strict=True):
        if not any(_insert(each, part=demand.part, hold=hold) for each in possible):
            raise NoCapacity


def fill(*, appointment: Appointment, now: datetime) -> None:
    """Take again what a visit lost; the caller holds the day's lock. Raises NoCapacity."""
    standing = list(appointment.allocations.filter(active=True).select_related("job"))
    take_for_visit(appointment=appointment, plan=plan_of(appointment), now=now, but=standing)


def seats(*, appointment: Appointment, now: datetime) -> list[Seat]:
    """What the visit needs, what it has, and who else is free for it. Three queries."""
    plan = plan_of(appointment)
    demands = demands_of(plan, appointment.centre)
    standing = {
        _place_of(allocation): allocation
        for allocation in appointment.allocations.filter(active=True).select_related("job", "resource")
    }
    found = availability.candidates(
        centre=appointment.centre, plan=plan, demands=demands, starts_at=appointment.starts_at, now=now
    )
    return [
        Seat(demand, standing.get((demand.position, demand.part)), possible)
        for demand, possible in zip(demands, found, strict=True)
    ]


def swap(
    *, appointment: Appointment, position: int, part: str, resource: Resource, now: datetime
) -> Allocation:
    """Give one part of a visit (a job's position, 0 for the whole) to another resource.

    The caller has locked the visit and the day. Raises Conflict: resource_not_free (taken, off
    shift, without the skill, of another kind or place), unknown_part.
    """
    for seat in seats(appointment=appointment, now=now):
        if (seat.demand.position, seat.demand.part) != (position, part):
            continue
        if seat.allocation is not None and seat.allocation.resource_id == resource.pk:
            return seat.allocation
        chosen = next((each for each in seat.candidates if each.resource_id == resource.pk), None)
        if chosen is None:
            raise _not_free(resource)
        if seat.allocation is not None:
            Allocation.objects.filter(pk=seat.allocation.pk).update(active=False)
        jobs = {job.position: job.pk for job in appointment.jobs.all()}
        if not _take(chosen, seat.demand, appointment, jobs):
            raise _not_free(resource)
        return appointment.allocations.get(active=True, resource=resource, part=part, job=jobs.get(position))
    raise Conflict(_("This visit does not need that."), code="unknown_part")


def release(appointment: Appointment) -> None:
    """The visit holds nothing any more."""
    Allocation.objects.filter(appointment=appointment, active=True).update(active=False)


def _place_of(allocation: Allocation) -> tuple[int, str]:
    """Which demand of its visit an allocation meets."""
    return (allocation.job.position if allocation.job else 0, allocation.part)


def _take(candidate: Candidate, demand: Demand, appointment: Appointment, jobs: dict[int, int]) -> bool:
    job_id = jobs[demand.position] if demand.position else None
    return _insert(candidate, part=demand.part, appointment=appointment, job_id=job_id)


def _insert_all(
    wanted: Sequence[tuple[Candidate, Demand]], appointment: Appointment, jobs: dict[int, int]
) -> set[tuple[int, str]]:
    """As _insert, for many in one statement; the places of the demands that are met now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO services_allocation (resource_id, kind, span, active, part, appointment_id, job_id)
               SELECT resource, 'visit', span, true, part, %s, job
               FROM unnest(%s::bigint[], %s::tstzrange[], %s::text[], %s::bigint[])
                 AS wanted (resource, span, part, job)
               ON CONFLICT DO NOTHING RETURNING job_id, part""",
            [
                appointment.pk,
                [candidate.resource_id for candidate, _demand in wanted],
                [candidate.span for candidate, _demand in wanted],
                [demand.part for _candidate, demand in wanted],
                [jobs.get(demand.position) for _candidate, demand in wanted],
            ],
        )
        positions = {job: position for position, job in jobs.items()}
        return {(positions.get(job, 0), part) for job, part in cursor.fetchall()}


def _insert(
    candidate: Candidate,
    *,
    part: str,
    appointment: Appointment | None = None,
    job_id: int | None = None,
    hold: Hold | None = None,
) -> bool:
    """ON CONFLICT DO NOTHING: a plain INSERT would wait for, and deadlock with, its rivals."""
    span: DateTimeTZRange = candidate.span
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO services_allocation
                 (resource_id, kind, span, active, part, appointment_id, job_id, hold_id, expires_at)
               VALUES (%s, %s, %s, true, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id""",
            [
                candidate.resource_id,
                Allocation.Kind.HOLD if hold else Allocation.Kind.VISIT,
                span,
                part,
                appointment.pk if appointment else None,
                job_id,
                hold.pk if hold else None,
                hold.expires_at if hold else None,
            ],
        )
        return cursor.fetchone() is not None


def _not_free(resource: Resource) -> Conflict:
    return Conflict(
        _("%(name)s is not free for this, or can't do it.") % {"name": resource.name},
        code="resource_not_free",
        field="resource",
    )
