"""Until when: minimum term, notice and withdrawal, on civil days in Berlin."""

import calendar
from datetime import date, datetime, timedelta

import holidays

from common import civil
from subscriptions.models import PlanVersion

WITHDRAWAL_DAYS = 14  # BGB §355(2)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last one of a shorter month (BGB §188(3)).

    Counted from the anchor each time, 31 January → 28 February → 31 March.
    """
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def earliest_end(*, version: PlanVersion, starts_on: date, today: date) -> date:
    """The first day without the contract if it is cancelled ``today``.

    Within the minimum term its end, afterwards at most one month's notice (BGB §309 no. 9).
    """
    term_end = add_months(starts_on, version.term_months)
    return max(term_end, add_months(today, version.notice_months), starts_on)


def withdrawal_ends(ordered_at: datetime) -> datetime:
    """The instant at which the right to withdraw ends (exclusive).

    14 days after the day of the order (BGB §187(1), §355(2)); a last day that is a Saturday,
    Sunday or public holiday everywhere in Germany moves to the next working day (BGB §193).
    """
    last = civil.local_date(ordered_at) + timedelta(days=WITHDRAWAL_DAYS)
    national = holidays.country_holidays("DE", years=[last.year, last.year + 1])
    while last.weekday() >= 5 or last in national:
        last += timedelta(days=1)
    return civil.day_span(last)[1]
