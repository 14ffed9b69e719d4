"""An invoice before it has a number: lines, and what they sum to."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

Taxes = list[dict[str, Any]]


class Line(NamedTuple):
    """One line. ``amount_cents`` is gross on a consumer's document and net on an organisation's;
    ``first`` and ``end`` are civil days in Berlin, ``[first, end)``."""

    kind: str
    text: str
    quantity: Decimal | int
    unit: str
    unit_cents: Decimal | int
    amount_cents: int
    vat_code: str
    vat_rate: Decimal
    first: date
    end: date
    revenue: str  # code of the account of the books
    contract_id: int | None = None
    plan_version_id: int | None = None
    component: str = ""
    round: int = 0
    charge_id: int | None = None


class Draft(NamedTuple):
    """A document to be issued. ``audience`` are the ids of the people whom it concerns."""

    account_id: int
    language: str
    is_gross: bool
    buyer: dict[str, Any]
    lines: Sequence[Line]
    audience: Sequence[int] = ()
    kind: str = ""  # an Invoice.Kind; by default invoice, or credit note if the total is below zero
    corrects_id: int | None = None


class Totals(NamedTuple):
    """``nets`` are the lines' in their order; ``taxes`` per rate as on the document."""

    nets: list[int]
    net_cents: int
    tax_cents: int
    taxes: Taxes


@lru_cache(maxsize=256)
def _per_mille(rate: Decimal) -> int:
    return int(rate * 1000)


def net_in_gross(cents: int, per_mille: int) -> int:
    """The net part of a gross amount, half up and the same for a reversal: -x gives minus what x gives."""
    net = (2000 * abs(cents) + 1000 + per_mille) // (2 * (1000 + per_mille))
    return net if cents >= 0 else -net


def tax_on_net(cents: int, per_mille: int) -> int:
    """The tax on a net amount, half up, the same for a reversal."""
    tax = (2 * abs(cents) * per_mille + 1000) // 2000
    return tax if cents >= 0 else -tax


def sum_up(draft: Draft) -> Totals:
    """Net per line rounded once; tax per rate is Σ gross − Σ net for consumers, else Σ net × rate."""
    nets: list[int] = []
    sums: dict[tuple[str, Decimal], tuple[int, int]] = {}
    for line in draft.lines:
        cents = line.amount_cents
        net = net_in_gross(cents, _per_mille(line.vat_rate)) if draft.is_gross else cents
        nets.append(net)
        before = sums.get((line.vat_code, line.vat_rate), (0, 0))
        sums[line.vat_code, line.vat_rate] = (before[0] + cents, before[1] + net)
    taxes: Taxes = []
    tax_cents = 0
    for (code, rate), (cents, net) in sums.items():
        tax = cents - net if draft.is_gross else tax_on_net(net, _per_mille(rate))
        tax_cents += tax
        taxes.append({"code": code, "rate": f"{rate:.3f}", "net_cents": net, "tax_cents": tax})
    return Totals(nets, sum(nets), tax_cents, taxes)


def round_cents(value: Decimal) -> int:
    """Whole cents, half up, away from zero below it."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
