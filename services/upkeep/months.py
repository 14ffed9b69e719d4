"""Counting in months, as stickers and service plans do."""

from datetime import date
from typing import Final

LAST_MONTH: Final = 12


def first_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month (BGB §188(3))."""
    total = day.year * LAST_MONTH + day.month - 1 + months
    year, month = divmod(total, LAST_MONTH)
    month += 1
    length = (date(year + month // LAST_MONTH, month % LAST_MONTH + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, length))
