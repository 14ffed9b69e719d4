"""What a contract can change into, and what has happened to it: as its page shows it."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from common import civil
from subscriptions import catalogue
from subscriptions.catalogue import PlanOnSale
from subscriptions.contracts import change_rules, change_words, timeline
from subscriptions.models import Contract, ContractChange, Plan, PlanVersion


class FlexChoice(NamedTuple):
    offered: PlanOnSale
    price: str


class Choices(NamedTuple):
    """``paused_until`` is the last day of a pause that runs."""

    current: PlanVersion
    plans: list[PlanOnSale]
    flexes: list[FlexChoice]
    may_pause: bool
    paused_until: date | None


class Step(NamedTuple):
    """A change in a contract's history; ``can_go_back`` until it begins."""

    change: ContractChange
    last_day: date | None
    can_go_back: bool


def choices(*, contract: Contract, now: datetime) -> Choices:
    """Plans of the same kind and rhythm on sale, those by the day, and whether it can be paused."""
    today = civil.local_date(now)
    found = timeline.slices_of(contract)
    if not found:  # withdrawn from before it began
        return Choices(contract.plan_version, [], [], False, None)
    held = timeline.slice_on(found, max(today, contract.starts_on))
    current, last = held.base, found[-1].base
    offered = catalogue.plans_on_sale(today, kind=current.plan.kind)
    plans = [
        each
        for each in offered
        if each.plan.pk != last.plan_id and each.version.period_months == current.period_months
    ]
    price = change_rules.month_price(current)
    flexes = [
        FlexChoice(each, change_words.flex_words(each.version, net=not contract.by_consumer))
        for each in offered
        if current.plan.kind == Plan.Kind.BATTERY
        and each.version.flex_day_cents is not None
        and change_rules.month_price(each.version) > price
    ]
    paused_until = held.until - timedelta(days=1) if held.paused and held.until else None
    may_pause = current.plan.kind != Plan.Kind.BATTERY and not held.paused
    return Choices(current, plans, flexes, may_pause, paused_until)


def history(*, contract: Contract, now: datetime) -> list[Step]:
    """All changes, newest first; one query."""
    today = civil.local_date(now)
    rows = ContractChange.objects.filter(contract=contract).select_related("plan_version__plan")
    return [
        Step(
            row,
            row.ends_on - timedelta(days=1) if row.ends_on else None,
            row.undone_at is None and row.starts_on > today and row.kind != ContractChange.Kind.RESUME,
        )
        for row in rows.order_by("-agreed_at", "-pk")
    ]
