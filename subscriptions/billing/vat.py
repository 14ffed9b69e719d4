"""Which rate of VAT counts: the one of the day on which a service is completed (UStG §13, §27(1))."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from subscriptions.models import VatRate


class Rates:
    """All rates, read once: ``on(code, day)``."""

    def __init__(self, rows: list[tuple[str, date, Decimal]]) -> None:
        self._by_code: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for code, day, rate in sorted(rows, key=lambda row: row[1], reverse=True):
            self._by_code[code].append((day, rate))

    def on(self, code: str, day: date) -> Decimal:
        """The rate in force on a civil day (Berlin). Raises LookupError where none is known."""
        for valid_from, rate in self._by_code[code]:
            if valid_from <= day:
                return rate
        raise LookupError(f"no VAT rate {code!r} on {day}")


def read_rates() -> Rates:
    """One query."""
    return Rates(list(VatRate.objects.values_list("code", "valid_from", "rate")))
