"""The rows of the board: who and what a centre has, and when they are not there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import DateRangeField
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import ExtractIsoWeekDay
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import civil
from services.models import Allocation, Appointment, Centre, ExtraOpening, OpeningHours, Resource, Shift

Kind = Resource.Kind
# Places first, as the eye goes from the car to who works on it.
ORDER = [Kind.BAY, Kind.LANE, Kind.TECHNICIAN, Kind.MOBILE, Kind.DRIVER, Kind.LOAN_CAR, Kind.TEST_CAR]


class Break(NamedTuple):
    """When a row is not there: ``off`` is off shift, else ill, on leave, closed, …"""

    row: int
    starts_at: datetime
    ends_at: datetime
    off: bool
    words: str


@dataclass
class Row:
    """A resource of the centre."""

    resource: Resource
    words: str  # what it can do, or why it is away
    away: bool = False  # at ``now``


def resources_of(centre: Centre, taken: Sequence[Allocation]) -> Iterable[Resource]:
    """Those in use, and those that still have something to do. One query."""
    name = "skills__name_en" if (get_language() or "de").startswith("en") else "skills__name_de"
    busy = {allocation.resource_id for allocation in taken}
    found = (
        Resource.objects.filter(Q(is_active=True) | Q(pk__in=busy), centre=centre)
        .annotate(
            abilities=ArrayAgg(name, filter=Q(skills__isnull=False), order_by=["skills__pk"], default=[]),
            model_name=F("car_model__name"),
        )
        .order_by("pk")
    )
    return sorted(found, key=lambda resource: (ORDER.index(Kind(resource.kind)), resource.name, resource.pk))


def rows_of(resources: Iterable[Resource], taken: Iterable[Allocation], now: datetime) -> list[Row]:
    away = {
        each.resource_id: each for each in taken if each.absence and each.span.lower <= now < each.span.upper
    }
    return [
        Row(resource, _absence_words(away[resource.pk]), away=True)
        if resource.pk in away
        else Row(resource, _ability_words(resource))
        for resource in resources
    ]


def _ability_words(resource: Any) -> str:
    # With what resources_of reads beside it.
    if resource.kind in Kind.people():
        return ", ".join(resource.abilities) or str(resource.get_kind_display())
    if resource.kind == Kind.BAY:
        kind = str(resource.get_bay_type_display())
        # "Lift 2" need not say that it is a lift.
        return "" if resource.name.casefold().startswith(kind.casefold()) else kind
    words = filter(None, [resource.model_name, resource.plate])
    return " · ".join(words) or str(resource.get_kind_display())


def _absence_words(allocation: Allocation) -> str:
    return allocation.absence.get_reason_display() if allocation.absence else str(allocation.closure)


def breaks_of(taken: Iterable[Allocation]) -> Iterable[Break]:
    """Absences and closures."""
    for each in taken:
        if each.absence or each.closure:
            yield Break(each.resource_id, each.span.lower, each.span.upper, False, _absence_words(each))


def off_shift(
    centre: Centre, resources: Sequence[Resource], first_day: date, days: int, opens: time, closes: time
) -> Iterable[Break]:
    """What is left of each drawn day beside the shifts of those who work in shifts. One query."""
    people = [resource.pk for resource in resources if resource.kind in Kind.people()]
    week = Shift.objects.filter(resource__in=people)
    only = Func(F("day"), F("day"), Value("[]"), function="daterange", output_field=DateRangeField())
    extra = _extra_days(centre, first_day, days).annotate(weekday=ExtractIsoWeekDay("day"), valid=only)
    shifts: dict[tuple[int, int], list[tuple[time, time, Any]]] = {}
    for person, weekday, *stretch in week.values_list("resource", "weekday", "starts", "ends", "valid").union(
        extra.values_list("people", "weekday", "opens", "closes", "valid")
    ):
        shifts.setdefault((person, weekday), []).append((stretch[0], stretch[1], stretch[2]))
    for day in civil.days(first_day, days):
        for person in people:
            free_from = opens
            for starts, ends, valid in sorted(shifts.get((person, day.isoweekday()), []), key=_start_of):
                if day in valid:
                    yield from _gap(centre, person, day, free_from, min(starts, closes))
                    free_from = max(free_from, ends)
            yield from _gap(centre, person, day, free_from, closes)


def _start_of(stretch: tuple[time, time, Any]) -> time:
    return stretch[0]


def _extra_days(centre: Centre, first_day: date, days: int) -> QuerySet[ExtraOpening]:
    last_day = first_day + timedelta(days=days - 1)
    return ExtraOpening.objects.standing().filter(centre=centre, day__range=(first_day, last_day))


def _gap(centre: Centre, person: int, day: date, start: time, end: time) -> Iterable[Break]:
    if start < end:
        try:
            span = civil.instant(day, start, centre.zone), civil.instant(day, end, centre.zone)
        except civil.NonexistentTime:
            return
        yield Break(person, *span, True, _("off shift"))


def drawn_hours(
    centre: Centre, visits: Iterable[Appointment], first_day: date, days: int
) -> tuple[time, time]:
    """From the earliest opening to the latest closing of the week, and what is booked beside it."""
    week = OpeningHours.objects.filter(centre=centre).values_list("opens", "closes")
    extra = _extra_days(centre, first_day, days).values_list("opens", "closes")
    hours = list(week.union(extra))
    opens = min((each[0] for each in hours), default=time(8))
    closes = max((each[1] for each in hours), default=time(17))
    for visit in visits:
        start, end = visit.starts_at.astimezone(centre.zone), visit.ends_at.astimezone(centre.zone)
        opens = min(opens, start.time())
        if end.date() == start.date():
            closes = max(closes, end.time())
    return opens, closes
