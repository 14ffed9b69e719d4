"""Until when a contract runs, and how long one may withdraw."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.contracts import terms
from subscriptions.models import PlanVersion
from tests.factories.subscriptions import PlanVersionFactory

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))


def version(term: int = 0, notice: int = 1) -> PlanVersion:
    return PlanVersion(term_months=term, notice_months=notice)


def test_a_contract_of_31_january_keeps_its_day_over_a_short_month() -> None:
    anchor = date(2027, 1, 31)
    assert [terms.add_months(anchor, n) for n in (1, 2, 3)] == [
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]
    assert terms.add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)


def test_within_the_minimum_term_a_contract_ends_with_it() -> None:
    end = terms.earliest_end(version=version(12), starts_on=date(2026, 11, 24), today=date(2026, 12, 1))
    assert end == date(2027, 11, 24)


def test_after_the_minimum_term_one_month_of_notice_is_enough() -> None:
    end = terms.earliest_end(version=version(12), starts_on=date(2025, 1, 1), today=date(2026, 11, 24))
    assert end == date(2026, 12, 24)


def test_without_notice_a_contract_ends_on_the_day_of_cancelling() -> None:
    today = date(2026, 11, 24)
    assert terms.earliest_end(version=version(0, 0), starts_on=date(2026, 1, 1), today=today) == today


def test_a_contract_that_has_not_begun_never_ends_before_its_start() -> None:
    start = date(2027, 3, 1)
    end = terms.earliest_end(version=version(0, 0), starts_on=start, today=date(2026, 11, 24))
    assert end == start


@given(start=DAYS, term=st.integers(0, 24), notice=st.integers(0, 1), waited=st.integers(0, 2000))
def test_nobody_is_bound_longer_than_the_term_or_one_month(
    start: date, term: int, notice: int, waited: int
) -> None:
    """BGB §309 no. 9: the term, or at most a month from the day one cancels."""
    today = start + timedelta(days=waited)
    end = terms.earliest_end(version=version(term, notice), starts_on=start, today=today)
    assert end >= start
    assert end >= today
    assert end <= max(terms.add_months(start, 24), today + timedelta(days=31))


@given(start=DAYS, months=st.integers(0, 60))
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(start: date, months: int) -> None:
    later = terms.add_months(start, months)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == start.day or (later.day < start.day and (later + timedelta(days=1)).day == 1)


@given(start=DAYS, first=st.integers(0, 24), more=st.integers(1, 24))
def test_a_longer_term_never_ends_earlier(start: date, first: int, more: int) -> None:
    assert terms.add_months(start, first) < terms.add_months(start, first + more)


def test_withdrawal_is_possible_until_the_end_of_the_fourteenth_day_in_berlin() -> None:
    ordered = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    ends = terms.withdrawal_ends(ordered)
    assert datetime(2026, 12, 8, 22, 59, tzinfo=UTC) < ends  # 23:59 in Berlin
    assert ends == datetime(2026, 12, 8, 23, 0, tzinfo=UTC)


def test_an_order_late_in_the_evening_counts_for_its_day_in_berlin() -> None:
    ordered = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # 25 November, 00:30 in Berlin
    assert terms.withdrawal_ends(ordered) == datetime(2026, 12, 9, 23, 0, tzinfo=UTC)


def test_a_last_day_on_a_holiday_or_weekend_moves_to_the_next_working_day() -> None:
    """BGB §193: 25 and 26 December are holidays, then come Sunday and Monday."""
    ordered = datetime(2026, 12, 11, 8, 0, tzinfo=UTC)
    assert terms.withdrawal_ends(ordered) == datetime(2026, 12, 28, 23, 0, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"term_months": 25}, "plan_version_term_bgb_309_9a"),
        ({"notice_months": 2}, "plan_version_notice_bgb_309_9c"),
    ],
)
def test_the_database_refuses_terms_that_the_law_forbids(fields: dict[str, int], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PlanVersionFactory.create(**fields)
