"""What "4 opening hours" and "2 working days" mean on the clock, in Berlin."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.cases import opening
from accounts.house import brand, desk_hours
from accounts.house.desk_hours import DeskHours

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """Berlin's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "promise", "end"),
    [
        ("2026-11-24 09:00", timedelta(hours=4), "2026-11-24 13:00"),
        ("2026-11-24 16:00", timedelta(hours=4), "2026-11-25 10:00"),
        ("2026-11-27 16:00", timedelta(hours=4), "2026-11-30 10:00"),  # over a weekend
        ("2026-11-28 12:00", timedelta(hours=4), "2026-11-30 12:00"),  # Saturday
        ("2026-11-24 03:00", timedelta(hours=4), "2026-11-24 12:00"),  # before opening
        ("2026-11-24 19:00", timedelta(days=1), "2026-11-26 08:00"),  # after closing
        ("2026-11-27 10:00", timedelta(days=2), "2026-12-01 10:00"),
        ("2026-12-23 10:00", timedelta(days=2), "2026-12-28 10:00"),  # 25 and 26 December, a weekend
        ("2026-12-31 17:00", timedelta(hours=2), "2027-01-04 09:00"),  # New Year, then a weekend
        ("2026-10-23 17:00", timedelta(hours=2), "2026-10-26 09:00"),  # clocks go back between
        ("2026-11-24 14:00", timedelta(hours=4), "2026-11-24 18:00"),  # to the last minute
    ],
)
def test_promises(start: str, promise: timedelta, end: str) -> None:
    assert opening.after(at(start), promise) == at(end)


def test_a_house_that_also_opens_on_saturdays_answers_then() -> None:
    desk = DeskHours(frozenset({1, 2, 3, 4, 5, 6}), time(9), time(17))
    brand.hold(brand.Snapshot(desk=desk))
    assert opening.after(at("2026-11-27 16:00"), timedelta(hours=4)) == at("2026-11-28 12:00")
    assert opening.after(at("2026-11-27 10:00"), timedelta(days=2)) == at("2026-11-30 10:00")
    assert not opening.is_working_day(at("2026-12-26 12:00").date())  # a Saturday, and Boxing Day


def test_a_weekend_passes_no_opening_time() -> None:
    assert opening.between(at("2026-11-27 18:00"), at("2026-11-30 08:00")) == timedelta()
    assert opening.between(at("2026-11-30 08:00"), at("2026-11-27 18:00")) == timedelta()


@given(
    st.integers(min_value=0, max_value=60 * 24 * 730),
    st.integers(min_value=0, max_value=60 * 200),
)
def test_waiting_costs_nothing(since_new_year: int, minutes: int) -> None:
    """What is left when the clock stops is what is left when it goes on."""
    moment = at("2026-01-01 00:00") + timedelta(minutes=since_new_year)
    left = timedelta(minutes=minutes)
    assert opening.between(moment, opening.after_open_time(moment, left)) == left


@pytest.mark.parametrize(
    ("days", "opens", "closes", "german", "english"),
    [
        ({1, 2, 3, 4, 5}, 8, 18, "Montag bis Freitag, 8 bis 18 Uhr", "Monday to Friday, 8 a.m. to 6 p.m."),
        ({1, 3, 4, 6}, 9, 17, "Montag, Mittwoch bis Donnerstag, Samstag, 9 bis 17 Uhr", "Monday, Wed"),
    ],
)
def test_the_hours_are_said_in_words(
    days: set[int], opens: int, closes: int, german: str, english: str
) -> None:
    desk = DeskHours(frozenset(days), time(opens), time(closes))
    assert desk_hours.in_words(desk) == german
    with translation.override("en"):
        assert desk_hours.in_words(desk).startswith(english)
    assert "8:30 bis 18 Uhr" in desk_hours.in_words(DeskHours(opens=time(8, 30)))
