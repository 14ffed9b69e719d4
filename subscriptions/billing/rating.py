"""What a contract owes up to a day, computed from its beginning: pure, without a database.

Reconciling takes away what is on documents already; the difference is billed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from common.money import net_of
from subscriptions.billing import pricing
from subscriptions.billing.drafts import round_cents
from subscriptions.billing.periods import Period, period_of
from subscriptions.billing.proration import flex_cents, last_day, slice_cents
from subscriptions.billing.vat import Rates

NEVER = date.max


class Terms(NamedTuple):
    """Of a plan version what rating needs. Prices in gross cents."""

    id: int
    kind: str  # of the plan
    names: Mapping[str, str]  # by language
    price_cents: int
    months: int
    vat_code: str
    vat_rate: Decimal
    components: Sequence[pricing.Component]
    trial_days: int
    flex_day_cents: int | None
    flex_cap_cents: int | None


class Span(NamedTuple):
    """Which version holds on ``[first, end)``; an open end is ``NEVER``."""

    first: date
    end: date
    version_id: int
    paused: bool = False
    flex: bool = False


class Reading(NamedTuple):
    """A meter: what was used of one unit in one period."""

    unit: str
    first: date
    end: date
    used: Decimal


class Facts(NamedTuple):
    """All that decides what a contract owes. ``ends_on`` is the first day without it."""

    id: int
    account_id: int
    anchor: date
    ends_on: date | None
    withdrawn: bool
    by_consumer: bool
    language: str
    ordered_version: int
    spans: Sequence[Span]
    readings: Sequence[Reading] = ()


class Key(NamedTuple):
    """Which slice a line is about; a line of a document carries the same."""

    version_id: int
    kind: str
    component: str
    first: date
    end: date
    vat_code: str
    vat_rate: Decimal


class Owed(NamedTuple):
    """What a slice costs: amount gross for consumers, net for organisations."""

    amount_cents: int
    quantity: Decimal | int = 1
    unit: str = ""
    unit_cents: Decimal | int = 0


class Rated(NamedTuple):
    """What is owed up to the day, and the day from which more comes (None: nothing more)."""

    owed: dict[Key, Owed]
    next_on: date | None


def rate(*, facts: Facts, terms: Mapping[int, Terms], rates: Rates, until: date) -> Rated:
    """What the contract owes up to ``until``: base in advance, usage after its period.

    A contract that was withdrawn from owes nothing (BGB §357(1)). Raises LookupError for a
    version or VAT rate that is not there, ValueError for a component that no one knows.
    """
    if facts.withdrawn:
        return Rated({}, None)
    owed: dict[Key, Owed] = {}
    base = base_spans(facts.spans)
    windows, next_on = windows_until(facts, base, terms, until)
    for window in windows:
        for span in base:
            _add_base(owed, facts, terms[span.version_id], rates, span, window)
        for span in _flex_spans(facts.spans):
            _add_flex(owed, facts, terms[span.version_id], rates, span, window)
    if facts.readings:
        _add_usage(owed, facts, base, terms, rates, until)
    return Rated(owed, next_on)


def base_spans(spans: Sequence[Span]) -> list[Span]:
    """The plan that goes on beneath flex upgrades; neighbours with the same terms are one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if span.flex and merged:
            span = span._replace(version_id=merged[-1].version_id, paused=merged[-1].paused, flex=False)
        elif span.flex:
            span = span._replace(flex=False)
        before = merged[-1] if merged else None
        if before and before.end == span.first and before[2:] == span[2:]:
            merged[-1] = before._replace(end=span.end)
        else:
            merged.append(span)
    return merged


def _flex_spans(spans: Sequence[Span]) -> list[Span]:
    """Flex upgrades; one that was lengthened is one, so that its cap counts from its beginning."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.flex):
        if found and found[-1].end == span.first and found[-1].version_id == span.version_id:
            found[-1] = found[-1]._replace(end=span.end)
        else:
            found.append(span)
    return found


def windows_until(
    facts: Facts, base: Sequence[Span], terms: Mapping[int, Terms], until: date
) -> tuple[list[Period], date | None]:
    """The spans of days billed in advance up to ``until``, one after the other, and when the next is due.

    Each begins where the one before ended and lasts to the end of the period of the version that
    holds on its first day, or until one with another rhythm takes over.
    """
    windows: list[Period] = []
    for place, span in enumerate(base):
        day = span.first if not windows else max(windows[-1][1], span.first)
        months = terms[span.version_id].months
        # Neighbours of the same rhythm share a period: it is billed in advance with all its slices.
        run_end = span.end
        for later in base[place + 1 :]:
            if later.first != run_end or terms[later.version_id].months != months:
                break
            run_end = later.end
        while day < min(span.end, run_end):
            if day > until:
                return windows, day
            grid = period_of(anchor=facts.anchor, months=months, day=day)
            windows.append((day, min(grid[1], run_end)))
            day = windows[-1][1]
    if facts.ends_on is not None and facts.ends_on > until:
        return windows, facts.ends_on  # usage of the last days
    return windows, None


def _price(facts: Facts, terms: Terms) -> int:
    """As agreed: with VAT for consumers, without for organisations."""
    return terms.price_cents if facts.by_consumer else net_of(terms.price_cents, terms.vat_rate)


def _add_base(
    owed: dict[Key, Owed], facts: Facts, terms: Terms, rates: Rates, span: Span, window: Period
) -> None:
    first, end = max(span.first, window[0]), min(span.end, window[1])
    if first >= end or span.paused:
        return
    day = first
    while day < end:
        grid = period_of(anchor=facts.anchor, months=terms.months, day=day)
        part = (day, min(end, grid[1]))
        if facts.ordered_version == terms.id and terms.trial_days:
            paid_from = date.fromordinal(facts.anchor.toordinal() + terms.trial_days)
            part = (max(part[0], paid_from), part[1])
        if part[0] < part[1]:
            cents = slice_cents(cents=_price(facts, terms), period=grid, part=part)
            _put(owed, terms, rates, "base", "", part, Owed(cents, 1, "", cents))
        day = min(end, grid[1])


def _add_flex(
    owed: dict[Key, Owed], facts: Facts, terms: Terms, rates: Rates, span: Span, window: Period
) -> None:
    first, end = max(span.first, window[0]), min(span.end, window[1])
    if first >= end or not terms.flex_day_cents:
        return
    cents = flex_cents(
        day_cents=terms.flex_day_cents,
        cap_cents=terms.flex_cap_cents,
        starts_on=span.first,
        part=(first, end),
    )
    if not facts.by_consumer:
        cents = net_of(cents, terms.vat_rate)
    _put(owed, terms, rates, "base", "flex", (first, end), Owed(cents, 1, "", cents))


def _add_usage(
    owed: dict[Key, Owed],
    facts: Facts,
    base: Sequence[Span],
    terms: Mapping[int, Terms],
    rates: Rates,
    until: date,
) -> None:
    """Meters of periods that are over, at the terms of the last day; an allowance is never divided."""
    over = facts.ends_on is not None and facts.ends_on <= until
    periods: dict[Period, list[Reading]] = {}
    for reading in facts.readings:
        if reading.end <= until or over:
            periods.setdefault((reading.first, reading.end), []).append(reading)
    for (first, end), readings in sorted(periods.items()):
        last = min(last_day(end), last_day(facts.ends_on)) if facts.ends_on else last_day(end)
        version = terms[version_on(base, last)]
        # Used up to the end of the contract; a report about later days still needs a day to stand for.
        stop = max(min(end, facts.ends_on), first + timedelta(days=1)) if facts.ends_on else end
        priced = [
            each
            for reading in sorted(readings)
            for each in pricing.price_usage(
                components=version.components,
                unit=reading.unit,
                used=reading.used,
                carry=_carry(facts, version, reading),
            )
        ]
        units = [
            each.unit_cents
            if facts.by_consumer
            else (each.unit_cents / (1 + version.vat_rate)).quantize(Decimal("0.0001"))
            for each in priced
        ]
        cap = pricing.cap_of(version.components)
        if cap is not None and not facts.by_consumer:
            cap = net_of(cap, version.vat_rate)
        full = [round_cents(each.quantity * price) for each, price in zip(priced, units, strict=True)]
        for each, price, whole, cents in zip(priced, units, full, pricing.capped(full, cap), strict=True):
            what = (
                Owed(cents, each.quantity, each.unit, price) if cents == whole else Owed(cents, 1, "", cents)
            )
            _put(owed, version, rates, "usage", each.component, (first, stop), what)


def _carry(facts: Facts, version: Terms, reading: Reading) -> Decimal:
    """What rolled over into this reading's period: the unused allowance of the one before."""
    included = next(
        (
            Decimal(each.get("included") or 0)
            for each in version.components
            if each.get("unit") == reading.unit and each.get("rolls_over")
        ),
        None,
    )
    if included is None:
        return Decimal(0)
    used = {each.first: each.used for each in facts.readings if each.unit == reading.unit}
    carry, day = Decimal(0), facts.anchor
    while day < reading.first:
        carry = pricing.carried(included=included, carry=carry, used=used.get(day, Decimal(0)))
        day = period_of(anchor=facts.anchor, months=version.months, day=day)[1]
    return carry


def version_on(spans: Sequence[Span], day: date) -> int:
    """The version in force on a day, or the last one before it."""
    before = [span for span in spans if span.first <= day]
    return (before or list(spans))[-1 if before else 0].version_id


def _put(
    owed: dict[Key, Owed], terms: Terms, rates: Rates, kind: str, component: str, part: Period, what: Owed
) -> None:
    """Slices that cost nothing are no line."""
    if what.amount_cents:
        rate = rates.on(terms.vat_code, last_day(part[1]))
        owed[Key(terms.id, kind, component, *part, terms.vat_code, rate)] = what
