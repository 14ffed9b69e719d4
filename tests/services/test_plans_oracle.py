"""The search for whole plans against a slow oracle: jobs, buffers, loan cars, holds, ended skills."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from common.civil import BERLIN, instant
from services.booking import availability
from services.booking.plans import Plan
from services.models import (
    Allocation,
    BayType,
    Centre,
    Hold,
    Qualification,
    Resource,
    ServiceType,
    Shift,
    Skill,
)
from tests.factories.accounts import UserFactory
from tests.factories.services import CentreFactory, ServiceTypeFactory, open_weekdays, plan_for, take

pytestmark = pytest.mark.django_db
STEP = timedelta(minutes=15)
DAY = date(2026, 11, 26)
OPENS, CLOSES = time(8), time(14)
BAYS = (BayType.LIFT, BayType.HIGH_VOLTAGE)
Span = tuple[datetime, datetime]

quarters = st.integers(0, 23)  # of the opening hours
taken = st.lists(st.tuples(quarters, st.integers(1, 8)), max_size=2)
people = st.lists(
    st.tuples(
        st.sets(st.integers(0, 1), min_size=1),  # which of two skills
        st.sampled_from([None, -1, 0]),  # the last ends so many days after DAY; None: never
        st.tuples(st.integers(0, 8), st.integers(12, 24)),  # shift, in quarters
        taken,
    ),
    min_size=1,
    max_size=3,
)
jobs = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 6), st.integers(0, 2), st.integers(0, 2)),
    min_size=1,
    max_size=2,
)


@dataclass
class Thing:
    """A resource as the oracle sees it."""

    kind: str
    bay_type: str
    skills: set[int]
    there: Span
    busy: list[Span]

    def is_free(self, start: datetime, end: datetime) -> bool:
        within = self.there[0] <= start and end <= self.there[1]
        return within and not any(a < end and start < b for a, b in self.busy)


def quarter(number: int) -> datetime:
    return instant(DAY, OPENS, BERLIN) + number * STEP


OPEN: Span = (instant(DAY, OPENS, BERLIN), instant(DAY, CLOSES, BERLIN))
NOW = instant(DAY - timedelta(days=2), time(9), BERLIN)
ALWAYS: Span = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


class House:
    """The same centre twice: as rows, and as things."""

    def __init__(self) -> None:
        self.centre: Centre = CentreFactory.create(loan_return_minutes=30)
        open_weekdays(self.centre, opens=OPENS, closes=CLOSES)
        mark = self.centre.pk
        self.skills = [
            Skill.objects.create(code=f"s{mark}-{n}", name_de="Können", name_en="Skill") for n in (0, 1)
        ]
        self.keeper: User = UserFactory.create()
        self.things: list[Thing] = []

    def add(
        self, kind: str, blocks: list[tuple[int, int]], *, bay_type: str = "", there: Span = OPEN
    ) -> Resource:
        resource = Resource.objects.create(centre=self.centre, kind=kind, bay_type=bay_type, name=kind)
        spans = [(quarter(first), quarter(first + length)) for first, length in blocks]
        for span in spans:
            take(resource, *span)
        self.things.append(Thing(kind, bay_type, set(), there, spans))
        return resource

    def employ(
        self, able: set[int], ends: int | None, shift: tuple[int, int], blocks: list[tuple[int, int]]
    ) -> None:
        begins, over = (quarter(number) for number in shift)
        person = self.add("technician", blocks, there=(begins, over))
        clock = [moment.astimezone(BERLIN).time() for moment in (begins, over)]
        Shift.objects.create(
            resource=person, weekday=4, starts=clock[0], ends=clock[1], valid=DateRange(None, None)
        )
        for number in able:
            until = None if ends is None else DAY + timedelta(days=ends)
            Qualification.objects.create(resource=person, skill=self.skills[number], valid_until=until)
        self.things[-1].skills = able if ends is None or ends >= 0 else set()

    def keep(self, resource: Resource, first: int, *, expired: bool) -> None:
        """Somebody holds a resource for an hour, or did."""
        start, end = quarter(first), quarter(first + 4)
        since = NOW - timedelta(hours=1)
        expires = NOW if expired else NOW + timedelta(minutes=5)
        span = DateTimeTZRange(start, end, "[)")
        hold = Hold.objects.create(
            user=self.keeper,
            centre=self.centre,
            service_types=[1],
            span=span,
            created_at=since,
            expires_at=expires,
        )
        Allocation.objects.create(
            resource=resource, kind="hold", part="place", span=span, hold=hold, expires_at=expires
        )
        if not expired:
            self.things[-1].busy.append((start, end))

    def offers(self, job: tuple[int, int, int, int]) -> ServiceType:
        number, length, before, after = job
        kind: ServiceType = ServiceTypeFactory.create(
            skill=self.skills[number],
            bay_type=BAYS[number],
            duration_minutes=15 * length,
            buffer_before_minutes=15 * before,
            buffer_after_minutes=15 * after,
            notice_hours=0,
        )
        return kind

    def starts(self, jobs: list[tuple[int, int, int, int]], *, loan: bool) -> list[datetime]:
        return [start for start in (quarter(n) for n in range(24)) if self.fits(start, jobs, loan=loan)]

    def fits(self, start: datetime, jobs: list[tuple[int, int, int, int]], *, loan: bool) -> bool:
        moment = start
        for place, (number, length, before, after) in enumerate(jobs):
            if place:
                moment += before * STEP
            end = moment + length * STEP
            held = (moment - before * STEP, end + after * STEP)
            if not self.has("bay", *held, bay_type=BAYS[number]):
                return False
            if not self.has("technician", *held, skill=number):
                return False
            moment = end + after * STEP
        return not loan or self.has("loan_car", start, end + 2 * STEP)

    def has(
        self, kind: str, start: datetime, end: datetime, *, bay_type: str = "", skill: int | None = None
    ) -> bool:
        if kind != "loan_car" and not (OPEN[0] <= start and end <= OPEN[1]):
            return False
        return any(
            thing.kind == kind
            and thing.bay_type == bay_type
            and (skill is None or skill in thing.skills)
            and thing.is_free(start, end)
            for thing in self.things
        )


class PlansAgreeWithOracle(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        team=people,
        lifts=st.lists(taken, min_size=1, max_size=2),
        places=st.lists(taken, min_size=1, max_size=2),
        wanted=jobs,
        loan=st.one_of(st.none(), taken),
        kept=st.one_of(st.none(), st.tuples(st.integers(0, 20), st.booleans())),
    )
    def test_search(
        self,
        team: list[tuple[set[int], int | None, tuple[int, int], list[tuple[int, int]]]],
        lifts: list[list[tuple[int, int]]],
        places: list[list[tuple[int, int]]],
        wanted: list[tuple[int, int, int, int]],
        loan: list[tuple[int, int]] | None,
        kept: tuple[int, bool] | None,
    ) -> None:
        house = House()
        for each in team:
            house.employ(*each)
        for blocks in lifts:
            house.add("bay", blocks, bay_type=BayType.LIFT)
        for blocks in places:
            house.add("bay", blocks, bay_type=BayType.HIGH_VOLTAGE)
        if loan is not None:
            house.add("loan_car", loan, there=ALWAYS)
        if kept is not None:
            lone = house.add("bay", [], bay_type=BayType.HIGH_VOLTAGE)
            house.keep(lone, kept[0], expired=kept[1])
        plan: Plan = plan_for(*[house.offers(job) for job in wanted], loan_car=loan is not None)
        found = availability.free_slots(centre=house.centre, plan=plan, first_day=DAY, days=1, now=NOW)
        assert [slot.starts_at for slot in found] == house.starts(wanted, loan=loan is not None)
