"""What the reader's contracts include now, what is left of it, and what was used month by month."""

from typing import Any, NamedTuple

from django.utils import timezone

from common.pages import Page
from subscriptions.models import Contract
from subscriptions.usage import entitlements, months, words
from subscriptions.usage.entitlements import Entitlement
from subscriptions.usage.metering import TOPIC
from subscriptions.usage.months import History, Used


class Shown(NamedTuple):
    """One allowance in words."""

    entitlement: Entitlement
    name: str
    used: str
    included: str
    left: str


class Usage(Page):
    """The meters; ``?part=meters`` is what a live page asks for again."""

    template_name = "subscriptions/usage.html"

    def get_template_names(self) -> list[str]:
        part = self.request.GET.get("part") == "meters"
        return ["subscriptions/_meters.html" if part else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        contracts = Contract.objects.visible_to(user)
        found = entitlements.entitlements_of(contracts=contracts, now=timezone.now())
        return super().get_context_data(
            meters=[_shown(each) for each in found],
            topics=sorted({f"{TOPIC}:{each.contract_id}" for each in found}),
            histories=[
                (
                    each.contract,
                    words.name_of(each.unit),
                    [(bar, words.amount(each.unit, bar.used)) for bar in each.bars],
                )
                for each in months.history_of(user=user)
            ],
            **kwargs,
        )


def _shown(each: Entitlement) -> Shown:
    return Shown(
        each,
        words.name_of(each.unit),
        words.amount(each.unit, each.used + each.reserved),
        words.amount(each.unit, each.included) if each.included else "",
        words.amount(each.unit, each.left),
    )


def _told(history: History) -> tuple[Contract, str, list[tuple[Used, str]]]:
    bars = [(bar, words.amount(history.unit, bar.used)) for bar in history.bars]
    return history.contract, words.name_of(history.unit), bars
