"""Free slots: what hours, shifts and taken time leave over."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from common.civil import BERLIN, instant
from services.booking import availability
from services.centres import closing
from services.models import OpeningHours, Shift
from tests.factories.services import (
    CentreFactory,
    ServiceTypeFactory,
    Workshop,
    add_bay,
    add_technician,
    make_workshop,
    open_weekdays,
    plan_for,
    take,
)
from tests.services.waiting import booked

THURSDAY = date(2026, 11, 26)


def starts(workshop: Workshop, now: datetime, first_day: date = THURSDAY, days: int = 1) -> list[str]:
    slots = availability.free_slots(
        centre=workshop.centre, plan=plan_for(workshop.service_type), first_day=first_day, days=days, now=now
    )
    return [f"{slot.starts_at.astimezone(workshop.centre.zone):%H:%M}" for slot in slots]


def at(clock: str, day: date = THURSDAY) -> datetime:
    return instant(day, time.fromisoformat(clock), BERLIN)


def test_an_empty_day_offers_every_start_that_ends_before_closing(workshop: Workshop, now: datetime) -> None:
    found = starts(workshop, now)
    assert found[0] == "07:30"
    assert found[-1] == "16:15"
    assert len(found) == 36


def test_a_slot_knows_when_the_work_ends(workshop: Workshop, now: datetime) -> None:
    slot = availability.free_slots(
        centre=workshop.centre, plan=plan_for(workshop.service_type), first_day=THURSDAY, days=1, now=now
    )[0]
    assert slot.ends_at - slot.starts_at == timedelta(minutes=45)


def test_the_search_is_one_query(workshop: Workshop, now: datetime, django_assert_num_queries: Any) -> None:
    for _n in range(3):
        add_technician(workshop.centre, workshop.service_type.skill)
        add_bay(workshop.centre)
    with django_assert_num_queries(1):
        starts(workshop, now, days=14)


def test_without_the_skill_or_the_bay_there_is_no_slot(now: datetime, db: None) -> None:
    assert starts(make_workshop(technicians=0), now) == []
    assert starts(make_workshop(bays=0), now) == []
    unskilled = make_workshop(technicians=0)
    add_technician(unskilled.centre)
    assert starts(unskilled, now) == []


def test_a_shift_limits_the_day(now: datetime, db: None) -> None:
    workshop = make_workshop(technicians=0)
    add_technician(workshop.centre, workshop.service_type.skill, starts=time(9), ends=time(10))
    assert starts(workshop, now) == ["09:00", "09:15"]


def test_a_shift_that_is_no_longer_valid_offers_nothing(workshop: Workshop, now: datetime) -> None:
    Shift.objects.update(valid=DateRange(None, THURSDAY))
    assert starts(workshop, now) == []


def test_two_shifts_that_touch_carry_work_across_the_seam(now: datetime, db: None) -> None:
    workshop = make_workshop(technicians=0)
    technician = add_technician(
        workshop.centre, workshop.service_type.skill, starts=time(9), ends=time(9, 30)
    )
    Shift.objects.create(
        resource=technician, weekday=4, starts=time(9, 30), ends=time(10), valid=DateRange(None, None)
    )
    assert starts(workshop, now) == ["09:00", "09:15"]


def test_taken_time_is_left_out(workshop: Workshop, now: datetime) -> None:
    take(workshop.bays[0], at("08:30"), at("16:00"))
    assert starts(workshop, now) == ["07:30", "07:45", "16:00", "16:15"]


def test_a_second_bay_and_technician_fill_in_for_the_taken_ones(now: datetime, db: None) -> None:
    workshop = make_workshop(technicians=2, bays=2)
    take(workshop.bays[0], at("07:30"), at("17:00"))
    take(workshop.technicians[1], at("07:30"), at("17:00"))
    assert len(starts(workshop, now)) == 36


def test_a_lunch_break_of_the_centre_parts_the_day(workshop: Workshop, now: datetime) -> None:
    OpeningHours.objects.filter(weekday=4).update(closes=time(12))
    OpeningHours.objects.create(centre=workshop.centre, weekday=4, opens=time(13), closes=time(14))
    assert starts(workshop, now)[-3:] == ["11:15", "13:00", "13:15"]


def test_nothing_before_the_minimum_notice(workshop: Workshop, now: datetime) -> None:
    today = starts(workshop, now, first_day=date(2026, 11, 24))  # it is 09:00, two hours' notice
    assert today[0] == "11:00"


def test_nothing_in_the_past(workshop: Workshop, now: datetime) -> None:
    assert starts(workshop, now, first_day=date(2026, 11, 23), days=1) == []


def test_nothing_beyond_the_horizon(workshop: Workshop, now: datetime) -> None:
    last = date(2026, 11, 24) + timedelta(days=60)
    assert starts(workshop, now, first_day=last - timedelta(days=1), days=2)
    assert starts(workshop, now, first_day=last + timedelta(days=1), days=30) == []


def test_the_horizon_counts_civil_days_whole(workshop: Workshop, now: datetime) -> None:
    workshop.service_type.horizon_days = 2
    assert starts(workshop, now)[-1] == "16:15"


def test_a_public_holiday_of_the_land_is_closed(now: datetime, db: None) -> None:
    bavarian = make_workshop()
    bavarian.centre.land = "BY"
    hamburg = make_workshop()
    epiphany = date(2027, 1, 6)
    for workshop in (bavarian, hamburg):
        closing.close_on_public_holidays(
            centre=workshop.centre, first_day=date(2026, 11, 1), last_day=date(2027, 12, 31), now=now
        )
    assert starts(bavarian, now, first_day=epiphany) == []
    assert len(starts(hamburg, now, first_day=epiphany)) == 36


@pytest.mark.parametrize(
    ("day", "moment", "first"),
    [
        # Sunday 25 October 2026 has 25 hours; Sunday 29 March 2026 has 23.
        (date(2026, 10, 25), datetime(2026, 10, 20, 8, tzinfo=UTC), "2026-10-25T09:00:00+01:00"),
        (date(2026, 3, 29), datetime(2026, 3, 20, 8, tzinfo=UTC), "2026-03-29T09:00:00+02:00"),
    ],
)
def test_wall_clock_hours_hold_on_days_when_clocks_change(
    day: date, moment: datetime, first: str, db: None
) -> None:
    workshop = make_workshop(technicians=0)
    open_weekdays(workshop.centre, opens=time(9), closes=time(12), weekdays=(7,))
    add_technician(workshop.centre, workshop.service_type.skill, starts=time(9), ends=time(12), weekdays=(7,))
    slots = availability.free_slots(
        centre=workshop.centre, plan=plan_for(workshop.service_type), first_day=day, days=1, now=moment
    )
    assert slots[0].starts_at == datetime.fromisoformat(first)
    assert len(slots) == 10


def test_hours_inside_the_skipped_hour_vanish_without_an_error(db: None) -> None:
    workshop = make_workshop(technicians=0)
    open_weekdays(workshop.centre, opens=time(2, 30), closes=time(3, 15), weekdays=(7,))
    add_technician(
        workshop.centre, workshop.service_type.skill, starts=time(2, 30), ends=time(3, 15), weekdays=(7,)
    )
    assert starts(workshop, datetime(2026, 3, 20, tzinfo=UTC), first_day=date(2026, 3, 29)) == []


def test_days_are_those_of_the_centre(now: datetime, db: None) -> None:
    workshop = make_workshop()
    workshop.centre.time_zone = "Pacific/Auckland"
    workshop.centre.save()
    slots = availability.free_slots(
        centre=workshop.centre, plan=plan_for(workshop.service_type), first_day=THURSDAY, days=1, now=now
    )
    assert slots[0].starts_at == datetime(2026, 11, 26, 7, 30, tzinfo=ZoneInfo("Pacific/Auckland"))


def test_counts_per_day_include_days_without_a_slot(workshop: Workshop, now: datetime) -> None:
    slots = availability.free_slots(
        centre=workshop.centre, plan=plan_for(workshop.service_type), first_day=THURSDAY, days=4, now=now
    )
    counts = availability.count_per_day(slots, centre=workshop.centre, first_day=THURSDAY, days=4)
    assert list(counts.values()) == [36, 36, 0, 0]


def test_a_centre_that_takes_no_bookings_offers_nothing(now: datetime, db: None) -> None:
    centre = CentreFactory.create(is_active=False)
    kind = ServiceTypeFactory.create()
    open_weekdays(centre)
    assert starts(Workshop(centre, kind, [add_technician(centre, kind.skill)], [add_bay(centre)]), now) == []


def test_a_visit_that_moves_gives_its_own_time_back_for_it(workshop: Workshop, now: datetime) -> None:
    visit = booked(workshop, at("09:00"), now)
    asked: dict[str, Any] = {
        "centre": workshop.centre,
        "plan": plan_for(workshop.service_type),
        "first_day": THURSDAY,
        "days": 1,
        "now": now,
    }
    near = [at("08:30"), at("08:45"), at("09:00"), at("09:15"), at("09:30")]
    found = [slot.starts_at for slot in availability.free_slots(**asked)]
    assert not set(near) & set(found)
    moving = [slot.starts_at for slot in availability.free_slots(**asked, moving=visit)]
    assert [each for each in near if each in moving] == [each for each in near if each != at("09:00")]
