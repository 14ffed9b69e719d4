"""Periods of billing: civil days in Berlin, counted from the day a contract began."""

from collections.abc import Iterator
from datetime import date

from subscriptions.contracts import terms

Period = tuple[date, date]  # [first day, first day of the next)


def period_of(*, anchor: date, months: int, day: date) -> Period:
    """The period of ``months`` in which ``day`` lies. Raises ValueError for a day before the anchor.

    Counted from the anchor each time, so 31 January → 28 February → 31 March (BGB §188(3)).
    """
    if day < anchor:
        raise ValueError(f"{day} is before {anchor}")
    passed = (day.year - anchor.year) * 12 + day.month - anchor.month
    place = passed // months
    if terms.add_months(anchor, place * months) > day:
        place -= 1
    return terms.add_months(anchor, place * months), terms.add_months(anchor, (place + 1) * months)


def periods(*, anchor: date, months: int, until: date) -> Iterator[Period]:
    """All periods that begin on or before ``until``, in order."""
    place = 0
    while (first := terms.add_months(anchor, place * months)) <= until:
        place += 1
        yield first, terms.add_months(anchor, place * months)
