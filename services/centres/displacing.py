"""What an absence, a closure or other hours take away, in the transaction that writes it: nothing is lost.

Locks as everywhere: the centre's days by date, then the visits and the holds by id.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict
from services import live
from services.booking import allocating, booking, holds
from services.models import (
    Absence,
    Allocation,
    Appointment,
    Centre,
    Closure,
    Displacement,
    Hold,
    Job,
    WaitlistEntry,
)

ATTEMPTS = 3
State = Displacement.State
Status = Appointment.Status


class Outcome(NamedTuple):
    """How many visits lost something, and for how many of them somebody else was free."""

    displaced: int = 0
    reassigned: int = 0

    @property
    def left(self) -> int:
        return self.displaced - self.reassigned


class _Overtaken(Exception):
    """Something was taken in between; inside the transaction only."""


def displace(
    *,
    centre: Centre,
    resources: Sequence[int],
    cause: Absence | Closure,
    by: User | None,
    now: datetime,
) -> Outcome:
    """Block the resources (ids) for what is left of ``cause.span`` and move aside what stands there.

    What lies before ``now`` has happened and stays. Held times are given back. Each visit that
    loses something gets a Displacement per loss; for an absence, somebody else with the skill who
    is free at the same time takes over at once. The caller's transaction wrote ``cause`` under
    lock_days. Raises Conflict (try_again) if bookings keep coming in between.
    """
    span = DateTimeTZRange(max(cause.span.lower, now), cause.span.upper, "[)")
    if span.lower >= span.upper or not resources:
        return Outcome()
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                lost = _clear(resources, span, cause, now)
                _block(resources, span, cause)
        except _Overtaken:
            continue
        # While the house is shut nobody is free.
        return _tell(centre, lost, refillable=isinstance(cause, Absence), by=by, now=now)
    raise Conflict(_("Please try again."), code="try_again")


def displace_outside(
    *, centre: Centre, allocations: Collection[int], by: User | None, now: datetime
) -> Outcome:
    """The house is no longer open for these allocations (ids): visits lose them, holds are given back.

    Whoever is free with other people at the same time keeps the time; the rest is on the re-plan
    list. Cars that are here stay as planned. The caller holds the locks of the days.
    """
    there = Allocation.objects.filter(pk__in=allocations, active=True)
    _lock_visits(there)
    _release_holds(there, now)
    lost = list(
        there.filter(kind=Allocation.Kind.VISIT, appointment__status=Status.BOOKED)
        .select_related("appointment", "job")
        .order_by("span", "pk")
    )
    _write_down(lost, now, hours_changed=True)
    return _tell(centre, lost, refillable=True, by=by, now=now)


def lock_days(centre: Centre, span: DateTimeTZRange) -> None:
    """Bookings of the civil days that the span touches wait until commit."""
    first = civil.local_date(span.lower, centre.zone)
    last = civil.local_date(span.upper - timedelta(microseconds=1), centre.zone)
    for day in civil.days(first, (last - first).days + 1):
        allocating.lock_day(centre, day)


def _clear(
    resources: Sequence[int], span: DateTimeTZRange, cause: Absence | Closure, now: datetime
) -> list[Allocation]:
    """Deactivate what visits and holds have there; what visits lost."""
    there = Allocation.objects.filter(
        active=True,
        resource__in=resources,
        span__overlap=span,
        kind__in=[Allocation.Kind.VISIT, Allocation.Kind.HOLD],
    )
    _lock_visits(there)
    _release_holds(there, now)
    lost: list[Allocation] = []
    found = there.filter(kind=Allocation.Kind.VISIT).select_related("appointment", "job")
    for allocation in found.order_by("span", "pk"):
        if _is_over(allocation):
            _end_at(allocation, now)
        else:
            lost.append(allocation)
    if isinstance(cause, Absence):
        _write_down(lost, now, absence=cause)
    else:
        _write_down(lost, now, closure=cause)
    return lost


def _lock_visits(there: QuerySet[Allocation]) -> None:
    visits = Appointment.objects.filter(pk__in=there.values("appointment"))
    list(visits.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _write_down(lost: Sequence[Allocation], now: datetime, **cause: Any) -> None:
    Allocation.objects.filter(pk__in=[each.pk for each in lost]).update(active=False)
    Displacement.objects.bulk_create(
        Displacement(appointment=each.appointment, allocation=each, at=now, **cause) for each in lost
    )


def _release_holds(there: QuerySet[Allocation], now: datetime) -> None:
    """A held time that touches the span is given back whole, not only the part that lies in it.

    One that is being decided on at this moment is skipped: its holder waits for our day, so waiting
    for it would be for ever.
    """
    ids = set(there.filter(kind=Allocation.Kind.HOLD).values_list("hold", flat=True))
    waiting = WaitlistEntry.objects.filter(holds__in=ids).values("pk")
    entries = WaitlistEntry.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=waiting)
    free = {entry.pk: entry for entry in entries.order_by("pk")}
    rows = Hold.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=ids)
    for hold in rows.order_by("pk"):
        if hold.waitlist_entry_id is not None and hold.waitlist_entry_id not in free:
            continue
        was_open = hold.state == Hold.State.OPEN
        over = hold.expires_at <= now
        holds.end_hold(
            hold, (Hold.State.EXPIRED if over else Hold.State.RELEASED) if was_open else hold.state
        )
        live.announce_hold(hold)
        entry = free.get(hold.waitlist_entry_id or 0)
        if was_open and entry is not None and entry.state == WaitlistEntry.State.OFFERED:
            entry.state = WaitlistEntry.State.WAITING  # the next free time is theirs again
            entry.save(update_fields=["state"])


def _is_over(allocation: Allocation) -> bool:
    """The work it was taken for is done, earlier than planned."""
    visit, job = allocation.appointment, allocation.job
    if visit is None or visit.status == Status.DONE:
        return True
    return job is not None and (
        job.state in (Job.State.FINISHED, Job.State.DROPPED) or visit.status == Status.READY
    )


def _end_at(allocation: Allocation, now: datetime) -> None:
    """Who did it stays readable."""
    if allocation.span.lower < now:
        allocation.span = DateTimeTZRange(allocation.span.lower, now, "[)")
    else:
        allocation.active = False
    allocation.save(update_fields=["span", "active"])


def _block(resources: Sequence[int], span: DateTimeTZRange, cause: Absence | Closure) -> None:
    """Absences and closures may lie over each other, so only work can stand in the way."""
    absence = isinstance(cause, Absence)
    kind = Allocation.Kind.ABSENCE if absence else Allocation.Kind.CLOSURE
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO services_allocation (resource_id, kind, span, active, absence_id, closure_id, part)
               SELECT id, %s, %s, true, %s, %s, '' FROM unnest(%s::bigint[]) AS id ORDER BY id
               ON CONFLICT DO NOTHING""",
            [kind, span, cause.pk if absence else None, None if absence else cause.pk, list(resources)],
        )
        if cursor.rowcount < len(resources):
            raise _Overtaken


def _tell(
    centre: Centre, lost: list[Allocation], *, refillable: bool, by: User | None, now: datetime
) -> Outcome:
    """Find somebody else where that can help, and write down what became of each visit."""
    ids = dict.fromkeys(each.appointment_id for each in lost)  # in the order of their times
    visits = Appointment.objects.select_related("centre", "booked_by").in_bulk([pk for pk in ids if pk])
    reassigned = 0
    if visits:
        allocating.drop_expired_holds(centre=centre, now=now)
    for pk in ids:
        visit = visits[pk or 0]
        done = refillable and refill(appointment=visit, by=by, now=now)
        reassigned += done
        booking.record_change(
            "services.visit_displaced",
            visit,
            by=by,
            now=now,
            audience=(),
            state=State.REASSIGNED if done else State.OPEN,
        )
    return Outcome(len(visits), reassigned)


def refill(*, appointment: Appointment, by: User | None, now: datetime) -> bool:
    """Take again what the visit lost, at its own time, from whoever can do it and is free.

    All of it or nothing; the caller has locked the visit and its day.
    """
    try:
        with transaction.atomic():
            allocating.fill(appointment=appointment, now=now)
    except allocating.NoCapacity:
        return False
    settle(appointment=appointment, state=State.REASSIGNED, by=by, now=now)
    return True


def give_back(displacements: QuerySet[Displacement], *, by: User | None, now: datetime) -> int:
    """The cause is gone: visits that are still open take up their own time again; how many could.

    The caller holds the locks of the days.
    """
    found = displacements.filter(state=State.OPEN).values("appointment")
    visits = Appointment.objects.filter(pk__in=found).exclude(status__in=[Status.DONE, *Status.gone()])
    count = 0
    for visit in visits.select_related("centre").select_for_update(of=("self",)).order_by("pk"):
        allocating.drop_expired_holds(centre=visit.centre, now=now)
        count += refill(appointment=visit, by=by, now=now)
    return count


def settle(*, appointment: Appointment, state: str, by: User | None, now: datetime) -> int:
    """What the visit lost before ``now`` is no longer open; how many losses that were."""
    return Displacement.objects.filter(appointment=appointment, state=State.OPEN, at__lte=now).update(
        state=state, settled_at=now, settled_by=by
    )
