"""What a contract includes of a unit in a period, and how much of it is left."""

from decimal import Decimal
from typing import Any, NamedTuple


class Allowance(NamedTuple):
    """``included`` with what rolled over; ``overage_cents`` None: no more than that can be had."""

    unit: str
    included: Decimal
    overage_cents: int | None


def allowance_of(
    components: list[dict[str, Any]], unit: str, *, unused_before: Decimal = Decimal(0)
) -> Allowance | None:
    """What the components say of ``unit``; None when they don't name it.

    ``unused_before`` is what was left of the period before: where the plan lets it roll over, it does
    so once, and never more than one period's worth.
    """
    for each in components:
        if each.get("unit") != unit:
            continue
        if each.get("model", "allowance") != "allowance":
            return Allowance(unit, Decimal(0), 0)
        base = Decimal(each["included"])
        rolled = min(max(unused_before, Decimal(0)), base) if each.get("rolls_over") else Decimal(0)
        return Allowance(unit, base + rolled, each.get("overage_cents"))
    return None


def percent_used(allowance: Allowance, used: Decimal) -> int:
    """Whole percent of what is included, rounded down; 0 where nothing is."""
    return int(used * 100 / allowance.included) if allowance.included else 0
