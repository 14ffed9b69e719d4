"""What a change costs before it is agreed: today, in the next period, and from when."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from common.money import net_of
from subscriptions.billing import periods
from subscriptions.contracts.timeline import Slice, slice_on
from subscriptions.models import Contract

CAP_DAYS = 31  # flex_cap_cents is the most that so many days cost


class Costs(NamedTuple):
    """Cents as the holder reads them: gross for consumers, net for organisations."""

    today_cents: int  # more than before in the period that runs; below zero: less
    next_cents: int  # the whole of the next period
    next_on: date
    net: bool


def costs(*, contract: Contract, before: Sequence[Slice], after: Sequence[Slice], today: date) -> Costs:
    """The difference in the period that runs, and the price of the one that follows."""
    day = max(today, contract.starts_on)
    months = slice_on(before, day).base.period_months
    running = periods.period_of(anchor=contract.starts_on, months=months, day=day)
    following = periods.period_of(anchor=contract.starts_on, months=months, day=running[1])
    net = not contract.by_consumer
    more = period_cents(after, running, net=net) - period_cents(before, running, net=net)
    return Costs(more, period_cents(after, following, net=net), following[0], net)


def period_cents(found: Sequence[Slice], period: periods.Period, *, net: bool = False) -> int:
    """What all slices of a period cost together, usage aside.

    A slice of days d1..d2 of N costs round(P·d2/N) − round(P·d1/N), so that slices of one price sum
    exactly to it. Paused days and the free days at the start cost nothing; a flex upgrade is paid by
    the day on top, at most its cap in 31 days.
    """
    total = 0
    first, until = period
    length = (until - first).days
    for each in found:
        start, end = max(each.first, first), min(each.until or until, until)
        if start >= end:
            continue
        if each.flex is not None:
            total += _flex_until(each, end, net) - _flex_until(each, start, net)
        if each.paused:
            continue
        start = max(start, _paid_from(found, each))
        if start < end:
            price = _price(each.base.price_cents, each, net)
            total += _part(price, (end - first).days, length) - _part(price, (start - first).days, length)
    return total


def _paid_from(found: Sequence[Slice], each: Slice) -> date:
    """Free days count from the contract's first day, by the plan that was ordered then."""
    return found[0].first + timedelta(days=found[0].base.trial_days)


def _part(cents: int, days: int, length: int) -> int:
    return int((Decimal(cents) * days / length).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _flex_until(each: Slice, day: date, net: bool) -> int:
    """What a flex upgrade costs from its first day until ``day``."""
    version = each.flex
    if version is None or version.flex_day_cents is None:
        return 0
    whole, rest = divmod((day - each.first).days, CAP_DAYS)
    cap = version.flex_cap_cents
    by_day = version.flex_day_cents
    month = by_day * CAP_DAYS if cap is None else min(cap, by_day * CAP_DAYS)
    part = by_day * rest if cap is None else min(cap, by_day * rest)
    return _price(whole * month + part, each, net)


def _price(cents: int, each: Slice, net: bool) -> int:
    return net_of(cents, each.version.vat_rate) if net else cents
