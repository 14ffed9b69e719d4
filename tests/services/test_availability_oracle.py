"""The search against a slow and simple oracle: random hours, shifts and taken time, DST days too."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from services.booking import availability
from services.models import (
    Allocation,
    Appointment,
    BayType,
    Centre,
    OpeningHours,
    Resource,
    ServiceType,
    Shift,
    Skill,
)
from tests.factories.services import AppointmentFactory, CentreFactory, plan_for, take

ZONE = ZoneInfo("Europe/Berlin")
STEP = timedelta(minutes=15)
DAYS = 3
# A plain week, the days around the 23-hour and around the 25-hour Sunday.
FIRST_DAYS = [date(2026, 6, 3), date(2026, 3, 28), date(2026, 10, 24)]

clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
clock_pairs = st.tuples(clocks, clocks).filter(lambda pair: pair[0] < pair[1])
busy = st.lists(st.tuples(st.integers(0, DAYS * 96), st.integers(1, 40)), max_size=4)


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


Blocks = list[tuple[int, int]]


@dataclass
class Oracle:
    """The same workshop twice: as rows for the search, as plain lists of spans for looking it up."""

    first_day: date
    centre: Centre
    kind: ServiceType
    open_spans: list[Span] = field(default_factory=list)
    technicians: list[tuple[list[Span], list[Span]]] = field(default_factory=list)  # on duty, away
    bays: list[list[Span]] = field(default_factory=list)  # away
    moving: Appointment | None = None

    @property
    def now(self) -> datetime:
        return datetime.combine(self.first_day, time(), tzinfo=ZONE).astimezone(UTC)

    def on_every_day(self, pair: tuple[time, time]) -> list[Span]:
        days = [self.first_day + timedelta(days=n) for n in range(DAYS)]
        return [(as_postgres(day, pair[0]), as_postgres(day, pair[1])) for day in days]

    def opens(self, hours: tuple[time, time]) -> None:
        OpeningHours.objects.bulk_create(
            OpeningHours(centre=self.centre, weekday=weekday, opens=hours[0], closes=hours[1])
            for weekday in range(1, 8)
        )
        self.open_spans = self.on_every_day(hours)

    def employs(self, shift: tuple[time, time], blocks: Blocks) -> None:
        person = Resource.objects.create(centre=self.centre, kind="technician", name="T")
        person.skills.set([self.kind.skill] if self.kind.skill else [])
        Shift.objects.bulk_create(
            Shift(
                resource=person, weekday=weekday, starts=shift[0], ends=shift[1], valid=DateRange(None, None)
            )
            for weekday in range(1, 8)
        )
        self.technicians.append((self.on_every_day(shift), self.takes(person, blocks)))

    def has_bay(self, blocks: Blocks) -> None:
        bay = Resource.objects.create(centre=self.centre, kind="bay", bay_type=BayType.LIFT, name="B")
        self.bays.append(self.takes(bay, blocks))

    def takes(self, resource: Resource, blocks: Blocks) -> list[Span]:
        spans = [(self.now + first * STEP, self.now + (first + length) * STEP) for first, length in blocks]
        for span in spans:
            take(resource, *span)
        return spans

    def has_visit(self, first: int) -> None:
        """One that could move: it holds the first technician and the first bay, where nothing else does."""
        start = self.now + first * STEP
        end = start + timedelta(minutes=self.kind.duration_minutes)
        span = DateTimeTZRange(start, end, "[)")
        people = Resource.objects.filter(centre=self.centre, kind="technician").order_by("pk")
        bays = Resource.objects.filter(centre=self.centre, kind="bay").order_by("pk")
        self.moving = AppointmentFactory.create(centre=self.centre, service_type=self.kind, span=span)
        job = self.moving.jobs.get()
        for part, found, away in (
            ("technician", people, self.technicians[0][1]),
            ("place", bays, self.bays[0]),
        ):
            if not touches(start, end, away):
                Allocation.objects.create(
                    resource=found[0], kind="visit", span=span, appointment=self.moving, job=job, part=part
                )

    def free_starts(self) -> list[datetime]:
        grid = (self.now + n * STEP for n in range(DAYS * 100))
        held = self.moving.starts_at if self.moving else None
        return [start for start in grid if start != held and self.is_free(start)]

    def is_free(self, start: datetime) -> bool:
        end = start + timedelta(minutes=self.kind.duration_minutes)
        return (
            start >= self.now + timedelta(hours=self.kind.notice_hours)
            and covered(start, end, self.open_spans)
            and any(
                covered(start, end, on_duty) and not touches(start, end, away)
                for on_duty, away in self.technicians
            )
            and any(not touches(start, end, away) for away in self.bays)
        )


def workshop(first_day: date, *, quarters: int, notice: int) -> Oracle:
    """A centre with one kind of work of so many quarters of an hour, booked ``notice`` hours ahead."""
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
    return Oracle(first_day, centre, kind)


class SearchAgreesWithOracle(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        first_day=st.sampled_from(FIRST_DAYS),
        hours=clock_pairs,
        technicians=st.lists(st.tuples(clock_pairs, busy), min_size=1, max_size=3),
        bays=st.lists(busy, min_size=1, max_size=2),
        quarters=st.integers(1, 8),
        notice=st.integers(0, 20),
        visit=st.none() | st.integers(0, DAYS * 96),
    )
    def test_search(
        self,
        first_day: date,
        hours: tuple[time, time],
        technicians: list[tuple[tuple[time, time], Blocks]],
        bays: list[Blocks],
        quarters: int,
        notice: int,
        visit: int | None,
    ) -> None:
        oracle = workshop(first_day, quarters=quarters, notice=notice)
        oracle.opens(hours)
        for shift, blocks in technicians:
            oracle.employs(shift, blocks)
        for blocks in bays:
            oracle.has_bay(blocks)
        if visit is not None:
            oracle.has_visit(visit)
        found = availability.free_slots(
            centre=oracle.centre,
            plan=plan_for(oracle.kind),
            first_day=first_day,
            days=DAYS,
            now=oracle.now,
            moving=oracle.moving,
        )
        assert [slot.starts_at for slot in found] == oracle.free_starts()


pytestmark = pytest.mark.django_db
