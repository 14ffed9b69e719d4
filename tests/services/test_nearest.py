"""The earliest time across the nearest centres: one query, the nearest first, all windows."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest

from common.civil import BERLIN, instant
from services.booking import availability, nearest
from services.models import Centre
from tests.factories.services import (
    CentreFactory,
    Workshop,
    add_bay,
    add_technician,
    open_weekdays,
    plan_for,
    take,
)

pytestmark = pytest.mark.django_db
HAMBURG = {"latitude": 53.55, "longitude": 9.99}


def local(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%d.%m. %H:%M}"


@pytest.fixture
def berlin(workshop: Workshop) -> Centre:
    """The same work elsewhere, 255 km away."""
    centre = CentreFactory.create(name="Berlin", latitude=52.52, longitude=13.40)
    open_weekdays(centre)
    add_technician(centre, workshop.service_type.skill)
    add_bay(centre, workshop.service_type.bay_type)
    return centre


def found(workshop: Workshop, now: datetime, count: int = 10) -> list[nearest.Near]:
    return nearest.earliest(**HAMBURG, plan=plan_for(workshop.service_type), count=count, now=now)


def test_the_nearest_comes_first_with_its_distance(workshop: Workshop, berlin: Centre, now: datetime) -> None:
    near = found(workshop, now)
    assert [each.centre for each in near] == [workshop.centre, berlin]
    assert near[0].km == pytest.approx(3.3, abs=0.1)
    assert near[1].km == pytest.approx(255, abs=2)
    assert [each.centre for each in found(workshop, now, count=1)] == [workshop.centre]


def test_each_shows_what_its_own_search_finds_first(
    workshop: Workshop, berlin: Centre, now: datetime
) -> None:
    take(workshop.technicians[0], now, instant(date(2026, 12, 7), time(9), BERLIN))
    plan = plan_for(workshop.service_type)
    for each in found(workshop, now):
        slots = availability.free_slots(
            centre=each.centre, plan=plan, first_day=date(2026, 11, 23), days=31, now=now
        )
        assert each.slot == slots[0]
    first = nearest.first_of_all(found(workshop, now))
    assert first is not None
    assert first.centre == berlin


@pytest.mark.parametrize(
    ("until", "expected"), [(25, "25.11. 10:00"), (30, "30.11. 10:00"), (44, "14.12. 10:00")]
)
def test_a_time_is_found_in_each_window(workshop: Workshop, now: datetime, until: int, expected: str) -> None:
    day = date(2026, 11, until) if until <= 30 else date(2026, 12, until - 30)
    take(workshop.bays[0], now, instant(day, time(10), BERLIN))
    slot = found(workshop, now)[0].slot
    assert slot is not None
    assert local(slot.starts_at) == expected


def test_a_centre_without_the_work_or_the_time_says_so(
    workshop: Workshop, berlin: Centre, now: datetime
) -> None:
    berlin.resources.filter(kind="bay").update(is_active=False)
    take(workshop.bays[0], now, instant(date(2027, 3, 1), time(10), BERLIN))
    assert [each.slot for each in found(workshop, now)] == [None, None]
    assert nearest.first_of_all(found(workshop, now)) is None


def test_a_centre_that_takes_no_bookings_is_not_there(
    workshop: Workshop, berlin: Centre, now: datetime
) -> None:
    Centre.objects.filter(pk=berlin.pk).update(is_active=False)
    assert [each.centre for each in found(workshop, now)] == [workshop.centre]


def test_as_many_queries_for_one_centre_as_for_many(
    workshop: Workshop, berlin: Centre, now: datetime, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    plan = plan_for(workshop.service_type)
    assert count_queries(lambda: nearest.earliest(**HAMBURG, plan=plan, count=10, now=now)) == 2
