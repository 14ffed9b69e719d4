"""What a contract owes, computed from its beginning; no database."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.billing import pricing, rating
from subscriptions.billing.drafts import net_in_gross, tax_on_net
from subscriptions.billing.proration import flex_cents, slice_cents
from subscriptions.billing.rating import NEVER, Facts, Reading, Span, Terms
from subscriptions.billing.reading import Billed
from subscriptions.billing.reconciling import lines_due
from subscriptions.billing.vat import Rates

RATES = Rates(
    [
        ("standard", date(2021, 1, 1), Decimal("0.190")),
        ("standard", date(2027, 1, 1), Decimal("0.210")),
        ("none", date(2021, 1, 1), Decimal(0)),
    ]
)
SWAPS = {"model": "allowance", "unit": "swap", "included": 2, "overage_cents": 1000}


def terms(pk: int, cents: int, **fields: Any) -> Terms:
    plain = Terms(pk, "battery", {"de": f"Plan {pk}", "en": f"Plan {pk}"}, cents, 1, "standard",
                  Decimal("0.190"), [SWAPS], 0, 500, 8800)  # fmt: skip
    return plain._replace(**fields)


PLANS = {1: terms(1, 169_00), 2: terms(2, 289_00), 3: terms(3, 69_00, months=12)}


def facts(*spans: Span, **fields: Any) -> Facts:
    plain = Facts(7, 3, spans[0].first, None, False, True, "de", 1, spans)
    return plain._replace(**fields)


def rated(given_facts: Facts, until: date, plans: dict[int, Terms] = PLANS) -> rating.Rated:
    return rating.rate(facts=given_facts, terms=plans, rates=RATES, until=until)


def slices(given_facts: Facts, until: date, plans: dict[int, Terms] = PLANS) -> list[tuple]:
    owed = rated(given_facts, until, plans).owed
    return sorted((key.first, key.end, what.amount_cents) for key, what in owed.items())


def test_169_euros_in_31_slices_sum_exactly():
    period = (date(2026, 1, 1), date(2026, 2, 1))
    days = [period[0] + timedelta(days=n) for n in range(32)]
    parts = [slice_cents(cents=169_00, period=period, part=part) for part in pairwise(days)]
    assert sum(parts) == 169_00
    assert set(parts) == {545, 546}


def test_an_anchor_on_the_31st_is_kept():
    found = slices(facts(Span(date(2026, 1, 31), NEVER, 1)), date(2026, 4, 30))
    assert found == [
        (date(2026, 1, 31), date(2026, 2, 28), 169_00),
        (date(2026, 2, 28), date(2026, 3, 31), 169_00),
        (date(2026, 3, 31), date(2026, 4, 30), 169_00),
        (date(2026, 4, 30), date(2026, 5, 31), 169_00),
    ]


def test_both_days_of_a_change_of_clocks_are_one_day():
    for month in (3, 10):  # clocks change on 29 March and 25 October 2026
        first, end = date(2026, month, 1), date(2026, month + 1, 1)
        change = date(2026, month, 29 if month == 3 else 25)
        shares = [
            slice_cents(cents=3100, period=(first, end), part=(day, day + timedelta(days=1)))
            for day in (change, change + timedelta(days=1))
        ]
        assert shares == [100, 100]


def test_the_next_bill_is_due_when_the_next_period_begins():
    assert rated(facts(Span(date(2026, 1, 31), NEVER, 1)), date(2026, 2, 1)).next_on == date(2026, 2, 28)


def test_an_upgrade_within_a_period_costs_each_plan_its_days():
    upgraded = facts(Span(date(2026, 1, 1), date(2026, 1, 16), 1), Span(date(2026, 1, 16), NEVER, 2))
    assert slices(upgraded, date(2026, 1, 16)) == [
        (date(2026, 1, 1), date(2026, 1, 16), 81_77),
        (date(2026, 1, 16), date(2026, 2, 1), 149_16),
    ]


def test_down_up_down_on_one_day_costs_nothing_for_days_that_never_were():
    day = date(2026, 1, 16)
    plain = facts(Span(date(2026, 1, 1), day, 2), Span(day, NEVER, 1))
    wild = facts(
        Span(date(2026, 1, 1), day, 2),
        Span(day, day, 1),
        Span(day, day, 2),
        Span(day, NEVER, 1),
    )
    assert slices(wild, day) == slices(plain, day)


def test_paused_and_trial_days_cost_nothing():
    paused = facts(
        Span(date(2026, 1, 1), date(2026, 2, 1), 1),
        Span(date(2026, 2, 1), date(2026, 3, 1), 1, paused=True),
        Span(date(2026, 3, 1), NEVER, 1),
    )
    assert [row[0].month for row in slices(paused, date(2026, 3, 1))] == [1, 3]
    trial = {1: terms(1, 3100, trial_days=10)}
    assert slices(facts(Span(date(2026, 1, 1), NEVER, 1)), date(2026, 1, 1), trial) == [
        (date(2026, 1, 11), date(2026, 2, 1), 2100)
    ]


def test_flex_is_on_top_of_the_base_and_capped_in_31_days():
    flexed = facts(
        Span(date(2026, 1, 1), date(2026, 1, 5), 1),
        Span(date(2026, 1, 5), date(2026, 1, 8), 2, flex=True),
        Span(date(2026, 1, 8), NEVER, 1),
    )
    owed = rated(flexed, date(2026, 1, 8)).owed
    assert sorted((key.version_id, key.component, what.amount_cents) for key, what in owed.items()) == [
        (1, "", 169_00),
        (2, "flex", 15_00),
    ]
    start = date(2026, 1, 1)
    for days, cents in ((17, 8500), (18, 8800), (31, 8800), (32, 9300), (62, 17600)):
        part = (start, start + timedelta(days=days))
        assert flex_cents(day_cents=500, cap_cents=8800, starts_on=start, part=part) == cents


def test_an_end_within_a_period_leaves_the_days_before_it():
    ended = facts(Span(date(2026, 1, 1), date(2026, 1, 16), 1), ends_on=date(2026, 1, 16))
    assert slices(ended, date(2026, 1, 10)) == [(date(2026, 1, 1), date(2026, 1, 16), 81_77)]
    assert rated(ended, date(2026, 1, 10)).next_on == date(2026, 1, 16)
    assert rated(ended, date(2026, 1, 16)).next_on is None


def test_a_withdrawn_contract_owes_nothing():
    assert rated(facts(Span(date(2026, 1, 1), NEVER, 1), withdrawn=True), date(2026, 2, 1)) == ({}, None)


def test_a_rate_of_vat_that_changes_within_the_period_counts_from_its_last_day():
    """UStG §27(1): the part-service is completed on its last day."""
    owed = rated(facts(Span(date(2026, 11, 15), NEVER, 1)), date(2026, 12, 15)).owed
    assert [(key.first.month, key.vat_rate) for key in owed] == [
        (11, Decimal("0.190")),
        (12, Decimal("0.210")),
    ]


def test_a_company_pays_the_price_without_vat():
    ours = facts(Span(date(2026, 1, 1), NEVER, 1), by_consumer=False)
    assert slices(ours, date(2026, 1, 1)) == [(date(2026, 1, 1), date(2026, 2, 1), 142_02)]


def test_a_yearly_plan_after_a_monthly_one_is_due_when_it_begins():
    both = facts(Span(date(2026, 1, 1), date(2026, 3, 1), 1), Span(date(2026, 3, 1), NEVER, 3))
    assert rated(both, date(2026, 2, 1)).next_on == date(2026, 3, 1)
    found = slices(both, date(2026, 3, 1))
    assert found[-1][:2] == (date(2026, 3, 1), date(2027, 1, 1))
    assert found[-1][2] == slice_cents(cents=69_00, period=(date(2026, 1, 1), date(2027, 1, 1)),
                                       part=(date(2026, 3, 1), date(2027, 1, 1)))  # fmt: skip


def test_usage_is_billed_after_its_period():
    read = Reading("swap", date(2026, 1, 1), date(2026, 2, 1), Decimal(3))
    used = facts(Span(date(2026, 1, 1), NEVER, 1), readings=(read,))
    assert "usage" not in {key.kind for key in rated(used, date(2026, 1, 31)).owed}
    [what] = [what for key, what in rated(used, date(2026, 2, 1)).owed.items() if key.kind == "usage"]
    assert (what.amount_cents, what.quantity) == (10_00, 1)


@pytest.mark.parametrize(
    ("component", "used", "cents"),
    [
        ({"model": "allowance", "unit": "km", "included": 500, "overage_cents": 4}, 600, 400),
        ({"model": "allowance", "unit": "km", "included": 500}, 600, 0),
        ({"model": "per_unit", "unit": "km", "unit_cents": "0.5"}, 601, 301),
        (
            {"model": "tiered", "unit": "km", "tiers": [
                {"up_to": 500, "unit_cents": "0"},
                {"up_to": 600, "unit_cents": "4"},
                {"up_to": None, "unit_cents": "3"},
            ]}, 700, 700,
        ),
        (
            {"model": "volume", "unit": "km", "tiers": [
                {"up_to": 500, "unit_cents": "4"},
                {"up_to": None, "unit_cents": "3"},
            ]}, 600, 1800,
        ),
    ],
)  # fmt: skip
def test_price_components(component, used, cents):
    read = Reading("km", date(2026, 1, 1), date(2026, 2, 1), Decimal(used))
    plans = {1: terms(1, 0, components=[component])}
    owed = rated(facts(Span(date(2026, 1, 1), NEVER, 1), readings=(read,)), date(2026, 2, 1), plans).owed
    assert sum(what.amount_cents for what in owed.values()) == cents


def test_a_cap_ends_what_usage_costs():
    components = [{"model": "per_unit", "unit": "km", "unit_cents": 5}, {"model": "cap", "cents": 1000}]
    read = Reading("km", date(2026, 1, 1), date(2026, 2, 1), Decimal(900))
    plans = {1: terms(1, 0, components=components)}
    owed = rated(facts(Span(date(2026, 1, 1), NEVER, 1), readings=(read,)), date(2026, 2, 1), plans).owed
    assert [what.amount_cents for what in owed.values()] == [1000]


def test_unused_units_roll_over_once():
    included, none = Decimal(100), Decimal(0)
    carry = pricing.carried(included=included, carry=none, used=Decimal(40))
    assert carry == 60
    assert (
        pricing.carried(included=included, carry=carry, used=Decimal(50)) == 100
    )  # the 60 lapse, used first
    assert pricing.carried(included=included, carry=carry, used=Decimal(90)) == 70


@given(st.integers(-10_000_000, 10_000_000), st.sampled_from([0, 70, 190, 210]))
def test_a_reversal_has_exactly_the_net_and_tax_of_what_it_reverses(cents, per_mille):
    assert net_in_gross(-cents, per_mille) == -net_in_gross(cents, per_mille)
    assert tax_on_net(-cents, per_mille) == -tax_on_net(cents, per_mille)


# -- any sequence of changes ------------------------------------------------------------------

START = date(2026, 1, 31)
CHANGES = st.lists(st.tuples(st.integers(0, 200), st.sampled_from([1, 2]), st.booleans()), max_size=6)


def spans_of(changes: list[tuple[int, int, bool]], known: int = 1000) -> tuple[Span, ...]:
    """What holds after those changes that were made by the day ``known``; the last one of a day wins."""
    days = {0: (1, False)}
    for day, version, paused in sorted(changes, key=lambda change: change[0]):
        if day <= known:
            days[day] = (version, paused)
    starts = sorted(days)
    ends = [*starts[1:], None]
    return tuple(
        Span(START + timedelta(days=day), NEVER if end is None else START + timedelta(days=end), *days[day])
        for day, end in zip(starts, ends, strict=True)
    )


@given(st.lists(st.integers(1, 30), max_size=10), st.integers(0, 100_000))
def test_slices_of_any_sequence_of_changes_sum_exactly_to_the_price(cuts, cents):
    """The same price throughout, in versions that follow one another on any days."""
    plans = {pk: terms(pk, cents) for pk in range(40)}
    days = sorted({0, *cuts})
    spans = [Span(date(2026, 1, 1) + timedelta(days=day), NEVER, place) for place, day in enumerate(days)]
    whole = [span._replace(end=after.first) for span, after in pairwise(spans)] + spans[-1:]
    assert sum(row[2] for row in slices(facts(*whole), date(2026, 1, 31), plans)) == cents


@given(CHANGES, st.lists(st.integers(0, 220), min_size=1, max_size=8))
def test_billing_bit_by_bit_equals_the_computation_from_the_beginning(changes, runs):
    """Each run sees the changes of its day, and bills the difference to what it owes then."""
    billed: dict[rating.Key, Billed] = {}
    for day in sorted(runs):
        then = facts(*spans_of(changes, day))
        owed = rated(then, START + timedelta(days=day))
        lines = lines_due(facts=then, rated=owed, billed=billed, terms=PLANS)
        keys = [
            (line.plan_version_id, line.kind, line.component, line.first, line.end, line.round)
            for line in lines
        ]
        assert len(keys) == len(set(keys))
        for line in lines:
            key = rating.Key(line.plan_version_id or 0, line.kind, line.component, line.first, line.end,
                             line.vat_code, line.vat_rate)  # fmt: skip
            before = billed.get(key, Billed(0, 0, 0))
            billed[key] = Billed(before.amount_cents + line.amount_cents, 0, before.lines + 1)
        assert lines_due(facts=then, rated=owed, billed=billed, terms=PLANS) == []
    from_the_beginning = {key: what.amount_cents for key, what in owed.owed.items()}
    assert {key: each.amount_cents for key, each in billed.items() if each.amount_cents} == from_the_beginning
