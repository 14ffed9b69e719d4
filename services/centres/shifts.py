"""When somebody of the team works: a weekly pattern that holds from a day until the next one."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import NamedTuple

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Invalid
from journal import log
from services.centres.rights import require_right
from services.models import Allocation, Appointment, Resource, Shift, Weekday


class Stretch(NamedTuple):
    """One stretch of a weekday (ISO: Monday is 1) by the centre's wall clock."""

    weekday: int
    starts: time
    ends: time

    @property
    def day_name(self) -> str:
        return str(Weekday(self.weekday).label)


class Pattern(NamedTuple):
    """A week of somebody: from ``first`` (None: ever since) until before ``until`` (None: for good)."""

    first: date | None
    until: date | None
    stretches: list[Stretch]


def set_pattern(
    *, by: User, resource: Resource, stretches: Sequence[Stretch], valid_from: date, now: datetime
) -> int:
    """From ``valid_from`` (a civil day at the centre) on this week holds; how many visits lie outside it.

    The pattern so far ends the day before; what was to begin later never does. Booked visits stay:
    those outside the new week keep their technician until somebody else is found. Raises
    NotAllowed, Invalid (past, shifts_overlap, shift_backward, nobody_works).
    """
    require_right(by)
    centre = resource.centre
    if resource.kind not in Resource.Kind.people():
        raise Invalid(_("Only people work in shifts."), code="nobody_works")
    if valid_from < civil.local_date(now, centre.zone):
        raise Invalid(_("This day is over already."), code="past", field="valid_from")
    _check(stretches)
    with transaction.atomic():
        # One change of a week at a time.
        Resource.objects.select_for_update(of=("self",), no_key=True).get(pk=resource.pk)
        _begin(resource, stretches, valid_from)
        log.record("services.resource_changed", by=by, subject=resource, data={"centre": centre.pk}, at=now)
    return len(_outside(resource, stretches, valid_from))


def follow_opening_hours(resource: Resource, first_day: date) -> None:
    """From that civil day on they work whenever the centre is open. The caller checks the right."""
    hours = [Stretch(each.weekday, each.opens, each.closes) for each in resource.centre.opening_hours.all()]
    _begin(resource, hours, first_day)


def patterns_of(resource: Resource, today: date) -> list[Pattern]:
    """The week that holds today and those to come, in order; days without a stretch are free."""
    rows = list(Shift.objects.filter(resource=resource).order_by("weekday", "starts"))
    begins = {row.valid.lower for row in rows}
    ends = {row.valid.upper for row in rows if row.valid.upper is not None}
    marks = sorted({mark for mark in (begins | ends) if mark is not None and mark > today})
    found = []
    for first, until in pairwise([None, *marks, None]):
        day = first or today
        week = [Stretch(row.weekday, row.starts, row.ends) for row in rows if day in row.valid]
        since = max((row.valid.lower for row in rows if day in row.valid and row.valid.lower), default=None)
        found.append(Pattern(first or since, until, week))
    return found


def _begin(resource: Resource, stretches: Sequence[Stretch], first_day: date) -> None:
    Shift.objects.filter(resource=resource, valid__startswith__gte=first_day).delete()
    for shift in Shift.objects.filter(resource=resource, valid__contains=first_day):
        shift.valid = DateRange(shift.valid.lower, first_day)
        shift.save(update_fields=["valid"])
    Shift.objects.bulk_create(
        Shift(
            resource=resource,
            weekday=each.weekday,
            starts=each.starts,
            ends=each.ends,
            valid=DateRange(first_day, None),
        )
        for each in stretches
    )


def _check(stretches: Sequence[Stretch]) -> None:
    for before, after in pairwise(sorted(stretches)):
        if before.weekday == after.weekday and after.starts < before.ends:
            raise Invalid(_("Two stretches of a day overlap."), code="shifts_overlap")
    if any(each.ends <= each.starts for each in stretches):
        raise Invalid(_("A shift ends after it starts."), code="shift_backward")


def _outside(resource: Resource, stretches: Sequence[Stretch], first_day: date) -> set[int | None]:
    """Booked visits from that day on that the new week leaves without this person, by id."""
    zone = resource.centre.zone
    start, _end = civil.day_span(first_day, zone)
    held = Allocation.objects.filter(
        resource=resource,
        active=True,
        kind=Allocation.Kind.VISIT,
        span__startswith__gte=start,
        appointment__status=Appointment.Status.BOOKED,
    )
    found = set()
    for allocation in held:
        begins, ends = allocation.span.lower.astimezone(zone), allocation.span.upper.astimezone(zone)
        fits = any(
            each.weekday == begins.isoweekday()
            and each.starts <= begins.time()
            and ends.time() <= each.ends
            and ends.date() == begins.date()
            for each in stretches
        )
        if not fits:
            found.add(allocation.appointment_id)
    return found
