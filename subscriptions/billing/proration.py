"""What a part of a period costs: by civil days, so that all parts sum exactly to the price."""

from datetime import date, timedelta

FLEX_WINDOW = 31  # days over which a flex upgrade is capped


def slice_cents(*, cents: int, period: tuple[date, date], part: tuple[date, date]) -> int:
    """The share of ``cents`` for the days ``[first, end)`` of a period.

    Each day's share is the difference of two rounded sums from the period's first day, so the
    slices of any division sum to the price (169 € in 31 days, too).
    """
    first, end = period
    days = (end - first).days
    return _up_to(cents, (part[1] - first).days, days) - _up_to(cents, (part[0] - first).days, days)


def _up_to(cents: int, day: int, days: int) -> int:
    return (2 * cents * day + days) // (2 * days)  # half up; prices are never below zero


def flex_cents(*, day_cents: int, cap_cents: int | None, starts_on: date, part: tuple[date, date]) -> int:
    """A flex upgrade for the days ``[first, end)``: by the day, at most the cap in each 31 days from its
    beginning."""

    def up_to(day: date) -> int:
        passed = (day - starts_on).days
        if cap_cents is None:
            return passed * day_cents
        windows, rest = divmod(passed, FLEX_WINDOW)
        full = min(FLEX_WINDOW * day_cents, cap_cents)
        return windows * full + min(rest * day_cents, cap_cents)

    return up_to(part[1]) - up_to(part[0])


def last_day(end: date) -> date:
    """The last day before an exclusive end."""
    return end - timedelta(days=1)
