"""What entries cost. Net and VAT are each rounded once per entry, half up, so that lines add up exactly."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from services.models import CostEntry, EstimateLine


@dataclass
class Sum:
    """Cents: net, VAT by rate in percent, and both together."""

    net: int = 0
    vat: dict[Decimal, int] = field(default_factory=dict)

    @property
    def gross(self) -> int:
        return self.net + sum(self.vat.values())

    @property
    def rates(self) -> list[tuple[Decimal, int]]:
        """VAT by rate, the highest first."""
        return sorted(self.vat.items(), reverse=True)

    def __add__(self, other: "Sum") -> "Sum":
        rates = {*self.vat, *other.vat}
        return Sum(
            self.net + other.net, {rate: self.vat.get(rate, 0) + other.vat.get(rate, 0) for rate in rates}
        )


def sum_of_entry(entry: CostEntry) -> Sum:
    """VAT is reckoned from the exact product, not from the rounded net."""
    exact = entry.quantity * entry.unit_cents
    rate = Decimal(entry.vat_percent).normalize()
    return Sum(_cents(exact), {rate: _cents(exact * rate / 100)})


def sum_of_line(line: EstimateLine) -> Sum:
    """Of the line's entries; prefetched ones are used."""
    return sum((sum_of_entry(entry) for entry in line.entries.all()), Sum())


def sum_of(lines: Iterable[EstimateLine]) -> Sum:
    return sum((sum_of_line(line) for line in lines), Sum())


def _cents(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
