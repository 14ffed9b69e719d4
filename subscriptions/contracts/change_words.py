"""A change in words, as it is shown, agreed to and mailed; in the active language."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from common.money import NBSP, format_money, net_of
from subscriptions.contracts import offers
from subscriptions.contracts.previewing import CAP_DAYS, Costs
from subscriptions.contracts.timeline import Agreed
from subscriptions.models import Contract, ContractChange, PlanVersion

Kind = ContractChange.Kind


def lines(
    *, contract: Contract, current: PlanVersion, change: Agreed, costs: Costs
) -> Iterator[tuple[str, str]]:
    """What changes, from when, and what it costs: today and in the next period."""
    yield _("Contract"), f"{current.plan.name} · {contract.code}"
    yield _("What changes"), str(Kind(change.kind).label)
    if change.version is not None:
        yield _("New plan"), f"{change.version.plan.name} · {_('version')} {change.version.number}"
        yield _("Price"), price_words(change, net=costs.net)
        if change.kind != Kind.FLEX:
            yield _("Term and notice"), offers.term_words(change.version)
    yield _("Holds from"), day_words(change.starts_on)
    if change.ends_on is not None:
        yield _("Last day"), day_words(change.ends_on - timedelta(days=1))
    yield _("This period"), more_words(costs)
    yield _("Next period, from %(day)s") % {"day": day_words(costs.next_on)}, _amount(costs.next_cents, costs)


def price_words(change: Agreed, *, net: bool) -> str:
    version = change.version
    if version is None:
        return ""
    if change.kind != Kind.FLEX:
        return offers.price_words(version, net=net)
    return flex_words(version, net=net)


def flex_words(version: PlanVersion, *, net: bool) -> str:
    """``12,00 € a day, at most 220,00 € in 31 days``; beside the price of the plan."""

    def shown(cents: int) -> str:
        return format_money(net_of(cents, version.vat_rate) if net else cents, version.currency)

    by_day = version.flex_day_cents or 0
    if version.flex_cap_cents is None:
        return _("%(day)s a day, in addition to your plan") % {"day": shown(by_day)}
    return _("%(day)s a day, at most %(cap)s in %(days)d days, in addition to your plan") % {
        "day": shown(by_day),
        "cap": shown(version.flex_cap_cents),
        "days": CAP_DAYS,
    }


def more_words(costs: Costs) -> str:
    amount = _amount(abs(costs.today_cents), costs)
    if costs.today_cents > 0:
        return _("%(amount)s more, with your next invoice") % {"amount": amount}
    if costs.today_cents < 0:
        return _("%(amount)s less, with your next invoice") % {"amount": amount}
    return _("costs nothing more")


def _amount(cents: int, costs: Costs) -> str:
    shown = format_money(cents)
    return _("%(amount)s plus VAT") % {"amount": shown} if costs.net else shown


def day_words(day: date) -> str:
    german = (translation.get_language() or "").startswith("de")
    return format_date(day, "d.m.Y" if german else f"j{NBSP}M{NBSP}Y")
