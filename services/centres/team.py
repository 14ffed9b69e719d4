"""Who works at a centre on a day: their hours, what they can do, and who is away."""

from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import Prefetch

from common import civil
from services.models import Absence, Centre, ExtraOpening, Qualification, Resource, Shift


class Member(NamedTuple):
    """Somebody of the team on a civil day; ``absence`` is why they are away at ``now``."""

    resource: Resource
    hours: list[tuple[time, time]]  # by the centre's wall clock; none: a free day
    absence: Absence | None
    skills: list[Qualification]


def team_of(*, centre: Centre, now: datetime) -> list[Member]:
    """Everybody who is planned there today, by name. Five queries."""
    today = civil.local_date(now, centre.zone)
    away = Absence.objects.standing().filter(span__contains=now).order_by("span")
    extra = ExtraOpening.objects.standing().filter(centre=centre, day=today)
    rows = (
        Resource.objects.filter(centre=centre, is_active=True, kind__in=Resource.Kind.people())
        .prefetch_related(
            Prefetch("shifts", Shift.objects.filter(weekday=today.isoweekday(), valid__contains=today)),
            Prefetch("extra_openings", extra),
            Prefetch("absences", away),
            Prefetch("qualifications", Qualification.objects.select_related("skill").order_by("skill")),
        )
        .order_by("name", "pk")
    )
    return [
        Member(row, _hours(row), next(iter(row.absences.all()), None), _skills(row, today)) for row in rows
    ]


def _hours(row: Resource) -> list[tuple[time, time]]:
    week = [(shift.starts, shift.ends) for shift in row.shifts.all()]
    return sorted([*week, *((extra.opens, extra.closes) for extra in row.extra_openings.all())])


def _skills(row: Resource, today: date) -> list[Qualification]:
    """Those that still count."""
    return [
        each for each in row.qualifications.all() if each.valid_until is None or each.valid_until >= today
    ]
