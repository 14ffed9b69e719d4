"""Everything that rating needs about a range of accounts, in a few set reads."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from subscriptions.billing.charges import ChargeRow
from subscriptions.billing.pricing import components_of
from subscriptions.billing.rating import NEVER, Facts, Key, Reading, Span, Terms
from subscriptions.models import PlanVersion

# Never waits for a contract that somebody changes right now: it stays due, and the next run takes it.
CONTRACTS = """
SELECT contract.id, account.id, contract.starts_on, contract.ends_on, contract.withdrawn_at IS NOT NULL,
       account.organisation_id IS NULL, contract.language, contract.plan_version_id
FROM subscriptions_billingaccount account JOIN subscriptions_contract contract ON {holder}
WHERE account.id = ANY(%s) AND contract.next_bill_on <= %s
ORDER BY contract.id
FOR NO KEY UPDATE OF contract SKIP LOCKED
"""
OF_PEOPLE = CONTRACTS.format(holder="contract.holder_id = account.holder_id")
OF_FIRMS = CONTRACTS.format(holder="contract.organisation_id = account.organisation_id")
SPANS = """
SELECT contract_id, lower(valid), upper(valid), plan_version_id, paused, flex
FROM subscriptions_contractversion WHERE contract_id = ANY(%s) AND NOT isempty(valid)
"""
METERS = """
SELECT contract_id, unit, lower(period), upper(period), used
FROM subscriptions_meter WHERE contract_id = ANY(%s) AND used <> 0
"""
BILLED = """
SELECT contract_id, plan_version_id, kind, component, lower(service), upper(service), vat_code, vat_rate,
       sum(amount_cents)::bigint, sum(quantity), count(*)
FROM subscriptions_invoiceline WHERE contract_id = ANY(%s) AND kind IN ('base', 'usage')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
CHARGES = """
SELECT charge.account_id, charge.id, charge.kind, charge.text, charge.quantity, charge.unit,
       charge.unit_cents, charge.amount_cents, charge.vat_code, lower(charge.service),
       upper(charge.service), charge.contract_id, plan.kind
FROM subscriptions_charge charge
LEFT JOIN subscriptions_contract contract ON contract.id = charge.contract_id
LEFT JOIN subscriptions_plan plan ON plan.id = contract.plan_id
WHERE charge.account_id = ANY(%s) AND charge.dropped_at IS NULL
      AND NOT EXISTS (SELECT FROM subscriptions_invoiceline line WHERE line.charge_id = charge.id)
ORDER BY charge.id
"""


class Billed(NamedTuple):
    """What is on documents about one slice."""

    amount_cents: int
    quantity: Any
    lines: int


class Range(NamedTuple):
    """What was read. ``contracts`` and ``charges`` by account, ``billed`` by contract."""

    contracts: dict[int, list[Facts]]
    billed: dict[int, dict[Key, Billed]]
    charges: dict[int, list[ChargeRow]]


def read_terms() -> dict[int, Terms]:
    """All versions of all plans: few, and read once a run."""
    return {
        version.pk: Terms(
            version.pk,
            version.plan.kind,
            {"de": version.plan.name_de, "en": version.plan.name_en},
            version.price_cents,
            version.period_months,
            version.vat_code,
            version.vat_rate,
            components_of(version),
            version.trial_days,
            version.flex_day_cents,
            version.flex_cap_cents,
        )
        for version in PlanVersion.objects.select_related("plan")
    }


def read_range(*, account_ids: Sequence[int], until: date) -> Range:
    """Due contracts (locked until commit), what was billed of them, and waiting charges."""
    rows = _rows(OF_PEOPLE, list(account_ids), until) + _rows(OF_FIRMS, list(account_ids), until)
    ids = [row[0] for row in rows]
    spans: dict[int, list[Span]] = defaultdict(list)
    readings: dict[int, list[Reading]] = defaultdict(list)
    billed: dict[int, dict[Key, Billed]] = defaultdict(dict)
    for contract_id, first, end, *rest in _rows(SPANS, ids):
        spans[contract_id].append(Span(first, end or NEVER, *rest))
    for contract_id, *reading in _rows(METERS, ids):
        readings[contract_id].append(Reading(*reading))
    for contract_id, *key, amount, quantity, lines in _rows(BILLED, ids):
        billed[contract_id][Key(*key)] = Billed(amount, quantity, lines)
    contracts: dict[int, list[Facts]] = defaultdict(list)
    for row in rows:
        contracts[row[1]].append(Facts._make((*row, spans[row[0]], readings.get(row[0], ()))))
    charges: dict[int, list[ChargeRow]] = defaultdict(list)
    for account_id, *charge in _rows(CHARGES, list(account_ids)):
        charges[account_id].append(tuple(charge))
    return Range(contracts, billed, charges)


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
