"""The search against a slow and simple oracle: random hours, shifts and taken time, DST days too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from services import availability
from services.models import Allocation, BayType, Centre, OpeningHours, Resource, ServiceType, Shift, Skill
from tests.factories.services import CentreFactory

ZONE = ZoneInfo("Europe/Berlin")
STEP = timedelta(minutes=15)
# A plain week, the days around the 23-hour and around the 25-hour Sunday.
FIRST_DAYS = [date(2026, 6, 3), date(2026, 3, 28), date(2026, 10, 24)]

clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
clock_pairs = st.tuples(clocks, clocks).filter(lambda pair: pair[0] < pair[1])
busy = st.lists(st.tuples(st.integers(0, 3 * 96), st.integers(1, 40)), max_size=4)


def as_postgres(day: date, clock: time) -> datetime:
    """A skipped or repeated wall-clock time is read as standard time, as PostgreSQL does."""
    local = datetime.combine(day, clock, tzinfo=ZONE)
    early, late = (local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return (datetime.combine(day, clock) - min(early, late)).replace(tzinfo=UTC)


Span = tuple[datetime, datetime]


def covered(start: datetime, end: datetime, spans: list[Span]) -> bool:
    """Whether ``[start, end)`` lies in the union of the spans: looked at minute by minute of the grid."""
    moments = [start + n * STEP for n in range(int((end - start) / STEP))]
    return all(any(a <= moment and moment + STEP <= b for a, b in spans) for moment in moments)


def touches(start: datetime, end: datetime, spans: list[Span]) -> bool:
    return any(a < end and start < b for a, b in spans)


class SearchAgreesWithOracle(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        first_day=st.sampled_from(FIRST_DAYS),
        hours=clock_pairs,
        shifts=st.lists(clock_pairs, min_size=1, max_size=3),
        technician_busy=st.lists(busy, min_size=3, max_size=3),
        bay_busy=st.lists(busy, min_size=1, max_size=2),
        quarters=st.integers(1, 8),
        notice=st.integers(0, 20),
    )
    def test_search(
        self,
        first_day: date,
        hours: tuple[time, time],
        shifts: list[tuple[time, time]],
        technician_busy: list[list[tuple[int, int]]],
        bay_busy: list[list[tuple[int, int]]],
        quarters: int,
        notice: int,
    ) -> None:
        centre: Centre = CentreFactory.create()
        skill = Skill.objects.create(code=f"s{centre.pk}", name_de="Mechanik", name_en="Mechanics")
        kind = ServiceType.objects.create(
            code=f"t{centre.pk}",
            name_de="Arbeit",
            name_en="Work",
            duration_minutes=15 * quarters,
            skill=skill,
            bay_type=BayType.LIFT,
            notice_hours=notice,
        )
        now = datetime.combine(first_day, time(), tzinfo=ZONE).astimezone(UTC)
        days = [first_day + timedelta(days=n) for n in range(3)]
        for weekday in range(1, 8):
            OpeningHours.objects.create(centre=centre, weekday=weekday, opens=hours[0], closes=hours[1])
        open_spans = [(as_postgres(day, hours[0]), as_postgres(day, hours[1])) for day in days]

        def taken(resource: Resource, blocks: list[tuple[int, int]]) -> list[Span]:
            spans = [(now + first * STEP, now + (first + length) * STEP) for first, length in blocks]
            Allocation.objects.bulk_create(
                Allocation(resource=resource, kind=Allocation.Kind.ABSENCE, span=DateTimeTZRange(*span, "[)"))
                for span in spans
            )
            return spans

        technicians = []
        for shift, blocks in zip(shifts, technician_busy, strict=False):
            person = Resource.objects.create(centre=centre, kind="technician", name="T")
            person.skills.add(skill)
            for weekday in range(1, 8):
                Shift.objects.create(
                    resource=person,
                    weekday=weekday,
                    starts=shift[0],
                    ends=shift[1],
                    valid=DateRange(None, None),
                )
            on_duty = [(as_postgres(day, shift[0]), as_postgres(day, shift[1])) for day in days]
            technicians.append((on_duty, taken(person, blocks)))
        bays = [
            taken(Resource.objects.create(centre=centre, kind="bay", bay_type=BayType.LIFT, name="B"), blocks)
            for blocks in bay_busy
        ]

        length = quarters * STEP
        expected = [
            start
            for start in (now + n * STEP for n in range(3 * 100))
            if start >= now + timedelta(hours=notice)
            and covered(start, start + length, open_spans)
            and any(
                covered(start, start + length, on_duty) and not touches(start, start + length, away)
                for on_duty, away in technicians
            )
            and any(not touches(start, start + length, away) for away in bays)
        ]
        found = availability.free_slots(
            centre=centre, service_type=kind, first_day=first_day, days=3, now=now
        )
        assert [slot.starts_at for slot in found] == expected


pytestmark = pytest.mark.django_db
