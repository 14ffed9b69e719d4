"""Which changes are possible, and from which day: one rule for each wish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from subscriptions.billing import periods
from subscriptions.contracts import terms
from subscriptions.contracts.timeline import Agreed, Slice, slice_on
from subscriptions.errors import ChangeImpossible, OfferChanged
from subscriptions.models import Contract, ContractChange, Plan, PlanVersion

Kind = ContractChange.Kind
FLEX_DAYS = 31  # at once; who needs it longer books again
FLEX_AHEAD = timedelta(days=60)
PAUSE_MONTHS = 6


@dataclass(frozen=True)
class Wish:
    """What the holder asks for; whether a switch goes up or down follows from the prices."""

    what: str  # "switch", "flex", "pause" or "resume"
    plan_version: PlanVersion | None = None
    starts_on: date | None = None
    ends_on: date | None = None  # the first day after a flex or a pause


def plan_change(*, contract: Contract, wish: Wish, before: Sequence[Slice], today: date) -> Agreed:
    """The change that the wish means on civil day ``today`` in Berlin.

    Raises ChangeImpossible (409) with the reason, Invalid for days that make no sense, OfferChanged
    for a version that is no longer on sale.
    """
    if wish.what == "switch":
        return _switch(contract, _on_sale(wish, today), before, today)
    if wish.what == "flex":
        return _flex(contract, _on_sale(wish, today), wish, before, today)
    if wish.what == "pause":
        return _pause(contract, wish, before, today)
    return _resume(before, today)


def month_price(version: PlanVersion) -> Fraction:
    return Fraction(version.price_cents, version.period_months)


def bound_until(*, found: Sequence[Slice], day: date) -> date:
    """The first day on which the minimum term of the plan that holds on ``day`` is over."""
    return terms.add_months(held_since(found=found, day=day), slice_on(found, day).base.term_months)


def held_since(*, found: Sequence[Slice], day: date) -> date:
    """The day on which the plan that holds on ``day`` began to hold: its minimum term counts from it."""
    current = slice_on(found, day).base
    since = found[0].first
    for each in found:
        if each.first > day:
            break
        if each.base.plan_id != current.plan_id:
            since = each.until or since
    return since


def _on_sale(wish: Wish, today: date) -> PlanVersion:
    version = wish.plan_version
    if version is None:
        raise Invalid(_("Choose a plan."), code="plan_missing", field="plan")
    newest = PlanVersion.objects.in_force(today).filter(plan=version.plan_id).first()
    if not version.plan.is_offered or newest is None or newest.pk != version.pk:
        raise OfferChanged
    return version


def _switch(contract: Contract, version: PlanVersion, before: Sequence[Slice], today: date) -> Agreed:
    day = max(today, contract.starts_on)
    now_held = slice_on(before, day)
    current, last = now_held.base, before[-1].base
    if version.plan.kind != current.plan.kind or version.period_months != current.period_months:
        raise ChangeImpossible(_("You can't switch to this plan. Order it as a contract of its own."))
    if now_held.paused:
        raise ChangeImpossible(_("The contract is paused. End the pause first."))
    if version.plan_id == last.plan_id:
        raise ChangeImpossible(_("You have this plan already, or have chosen it for later."))
    if month_price(version) >= month_price(current):
        return Agreed(Kind.UPGRADE, day, None, version)
    return Agreed(Kind.DOWNGRADE, _down_from(contract, current, before, day), None, version)


def _down_from(contract: Contract, current: PlanVersion, before: Sequence[Slice], day: date) -> date:
    """The next period that begins after minimum term and flex upgrades."""
    free = max([bound_until(found=before, day=day), *(s.until for s in before if s.flex and s.until)])
    period = periods.period_of(
        anchor=contract.starts_on, months=current.period_months, day=max(day, free - timedelta(days=1))
    )
    return period[1]


def _flex(
    contract: Contract, version: PlanVersion, wish: Wish, before: Sequence[Slice], today: date
) -> Agreed:
    starts = wish.starts_on or max(today, contract.starts_on)
    if not max(today, contract.starts_on) <= starts <= today + FLEX_AHEAD:
        raise Invalid(_("Choose a first day within the next 60 days."), code="day", field="starts_on")
    if wish.ends_on is None or not 1 <= (wish.ends_on - starts).days <= FLEX_DAYS:
        raise Invalid(_("Choose between 1 and 31 days."), code="days", field="days")
    current = slice_on(before, starts).base
    if version.flex_day_cents is None or version.plan.kind != Plan.Kind.BATTERY:
        raise ChangeImpossible(_("This plan can't be had by the day."))
    if current.plan.kind != Plan.Kind.BATTERY or month_price(version) <= month_price(current):
        raise ChangeImpossible(_("This is not larger than what you have."))
    if contract.ends_on and wish.ends_on > contract.ends_on:
        raise ChangeImpossible(_("The contract ends before these days are over."))
    within = [s for s in before if s.first < wish.ends_on and (s.until is None or s.until > starts)]
    if any(each.flex for each in within):
        raise ChangeImpossible(_("You have a larger battery on some of these days already."))
    if len({each.base.pk for each in within}) > 1:
        raise ChangeImpossible(_("Your plan changes within these days. Choose days before or after that."))
    return Agreed(Kind.FLEX, starts, wish.ends_on, version)


def _pause(contract: Contract, wish: Wish, before: Sequence[Slice], today: date) -> Agreed:
    if slice_on(before, today).base.plan.kind == Plan.Kind.BATTERY:
        raise ChangeImpossible(_("A battery can't be paused: your car needs it."))
    starts = wish.starts_on or today + timedelta(days=1)
    if not today < starts <= today + FLEX_AHEAD:
        raise Invalid(_("A pause begins tomorrow at the earliest, and within 60 days."), field="starts_on")
    if wish.ends_on is None or not starts < wish.ends_on <= terms.add_months(starts, PAUSE_MONTHS):
        raise Invalid(_("A pause lasts at least a day and at most six months."), field="ends_on")
    if starts < bound_until(found=before, day=max(today, contract.starts_on)):
        raise ChangeImpossible(_("This contract can be paused once its minimum term is over."))
    within = [s for s in before if s.first < wish.ends_on and (s.until is None or s.until > starts)]
    if any(each.paused for each in within):
        raise ChangeImpossible(_("The contract is paused on some of these days already."))
    return Agreed(Kind.PAUSE, starts, wish.ends_on, None)


def _resume(before: Sequence[Slice], today: date) -> Agreed:
    if not slice_on(before, today).paused:
        raise ChangeImpossible(_("This contract is not paused."))
    return Agreed(Kind.RESUME, today, None, None)
