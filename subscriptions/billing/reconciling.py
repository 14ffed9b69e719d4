"""The difference between what is owed and what is on documents: that, and nothing else, is billed."""

from collections.abc import Mapping

from subscriptions.billing.drafts import Line
from subscriptions.billing.ledger import revenue_code
from subscriptions.billing.rating import Facts, Key, Owed, Rated, Terms
from subscriptions.billing.reading import Billed
from subscriptions.billing.wording import words_for

NOTHING = Owed(0, 0)
NEVER_BILLED = Billed(0, 0, 0)


def lines_due(
    *, facts: Facts, rated: Rated, billed: Mapping[Key, Billed], terms: Mapping[int, Terms]
) -> list[Line]:
    """Lines that make the documents equal to what is owed: below zero for what was too much.

    First what is taken back, then what is new, each by its days.
    """
    keys = (
        list(rated.owed) if not billed else [*rated.owed, *(key for key in billed if key not in rated.owed)]
    )
    lines = []
    for key in keys:
        owed, before = rated.owed.get(key, NOTHING), billed.get(key, NEVER_BILLED)
        difference = owed.amount_cents - before.amount_cents
        if difference:
            lines.append(
                _line(facts, key, owed, before, difference, terms[key.version_id], _round(key, billed))
            )
    if len(lines) > 1:
        lines.sort(key=lambda line: (line.amount_cents > 0, line.first, line.kind, line.component))
    return lines


def _round(key: Key, billed: Mapping[Key, Billed]) -> int:
    """How often this slice was on a document, at whatever rate of VAT."""
    return sum(before.lines for known, before in billed.items() if known[:5] == key[:5])


def _line(
    facts: Facts, key: Key, owed: Owed, before: Billed, difference: int, terms: Terms, round_: int
) -> Line:
    quantity, unit, price = owed.quantity, owed.unit, owed.unit_cents
    if before.lines:
        # A price is never below zero (EN 16931 BR-27): the quantity says which way it goes.
        quantity, unit, price = (1 if difference > 0 else -1), "", abs(difference)
    return Line(
        kind=key.kind,
        text=words_for(terms=terms, key=key, language=facts.language, taken_back=difference < 0),
        quantity=quantity,
        unit=unit,
        unit_cents=price,
        amount_cents=difference,
        vat_code=key.vat_code,
        vat_rate=key.vat_rate,
        first=key.first,
        end=key.end,
        revenue=revenue_code(line_kind=key.kind, plan_kind=terms.kind),
        contract_id=facts.id,
        plan_version_id=key.version_id,
        component=key.component,
        round=round_,
    )
