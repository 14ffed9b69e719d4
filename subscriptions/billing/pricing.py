"""What usage costs: the price components of a plan version, applied to what a meter says."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

Component = dict[str, Any]


class Priced(NamedTuple):
    """A part of the usage with its price. ``unit_cents`` as in the catalogue, gross."""

    component: str  # "kwh", or "km:2" for the second tier
    unit: str
    quantity: Decimal
    unit_cents: Decimal


def components_of(version: Any) -> list[Component]:
    """A version's price components; one without a model is an allowance."""
    given = getattr(version, "components", None)
    if given is None:
        given = version.allowances
    return [{"model": "allowance", **component} for component in given or []]


def cap_of(components: Sequence[Component]) -> int | None:
    """What all usage of a period costs at most, in gross cents."""
    return next((int(each["cents"]) for each in components if each["model"] == "cap"), None)


def carried(*, included: Decimal, carry: Decimal, used: Decimal) -> Decimal:
    """What is left for the next period: of this one's allowance only, for unused units roll over once.

    What was carried here is used first.
    """
    return max(Decimal(0), included - max(Decimal(0), used - carry))


def price_usage(*, components: Sequence[Component], unit: str, used: Decimal, carry: Decimal) -> list[Priced]:
    """The parts of ``used`` that cost something. ``carry`` rolled over from the period before."""
    priced: list[Priced] = []
    for each in components:
        if each.get("unit") == unit:
            priced += _price(each, unit, used, carry)
    return priced


def _price(each: Component, unit: str, used: Decimal, carry: Decimal) -> list[Priced]:
    match each["model"]:
        case "allowance":
            over = used - Decimal(each.get("included") or 0) - carry
            cents = Decimal(each.get("overage_cents") or 0)
            return [Priced(unit, unit, over, cents)] if over > 0 and cents else []
        case "per_unit":
            return [Priced(unit, unit, used, Decimal(each["unit_cents"]))] if used else []
        case "tiered":
            return _tiered(each["tiers"], unit, used)
        case "volume":
            price = next(
                Decimal(tier["unit_cents"])
                for tier in each["tiers"]
                if tier["up_to"] is None or used <= Decimal(tier["up_to"])
            )
            return [Priced(unit, unit, used, price)] if used and price else []
    raise ValueError(f"unknown price component {each['model']!r}")


def _tiered(tiers: Sequence[Component], unit: str, used: Decimal) -> list[Priced]:
    priced, below = [], Decimal(0)
    for place, tier in enumerate(tiers, start=1):
        top = used if tier["up_to"] is None else min(used, Decimal(tier["up_to"]))
        price = Decimal(tier["unit_cents"])
        if top > below and price:
            priced.append(Priced(f"{unit}:{place}", unit, top - below, price))
        below = max(below, top)
    return priced


def capped(amounts: Sequence[int], cap: int | None) -> list[int]:
    """The amounts in their order until the cap is reached."""
    if cap is None:
        return list(amounts)
    left, kept = cap, []
    for amount in amounts:
        kept.append(min(amount, left))
        left -= kept[-1]
    return kept
