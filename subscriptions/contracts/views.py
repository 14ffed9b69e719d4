"""Pages of one's contracts."""

from datetime import date, datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.pages import DetailPage, FormPage, ListPage
from subscriptions.contracts import choosing, ending, offers, papers, takeovers
from subscriptions.contracts.forms import EmptyForm
from subscriptions.models import Contract
from subscriptions.packs import showing


def person_of(request: HttpRequest) -> User:
    """Who is signed in; LoginRequiredMiddleware has seen to it that somebody is."""
    return cast("User", request.user)


def with_words(contract: Contract, today: date) -> tuple[Contract, str, list[str]]:
    """A contract as a list shows it: how it stands, and what it includes."""
    included = [offers.allowance_words(each) for each in contract.plan_version.allowances]
    return contract, contract.status(today), included


class ContractList(ListPage):
    """All contracts of the reader, those that are over included."""

    template_name = "subscriptions/contract_list.html"

    def get_queryset(self) -> QuerySet[Contract]:
        return Contract.objects.visible_to(person_of(self.request)).with_facts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = civil.local_date(timezone.now())
        context["contracts"] = [with_words(row, today) for row in context["object_list"]]
        return context


class OwnContract:
    """Pages about a contract of the reader; any other is a 404."""

    request: HttpRequest

    def get_queryset(self) -> Any:
        return Contract.objects.visible_to(person_of(self.request)).with_facts()


class ContractDetail(OwnContract, DetailPage):
    template_name = "subscriptions/contract_detail.html"
    context_object_name = "contract"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        contract = self.object
        return super().get_context_data(
            status=contract.status(civil.local_date(now)),
            terms=[line.partition(": ")[::2] for line in contract.offer_text.splitlines()],
            history=choosing.history(contract=contract, now=now),
            paper=papers.find_paper(contract),
            may_withdraw=ending.may_withdraw(contract, now),
            **(self._takeover(now) if contract.vehicle_id else {}),
            pack=showing.pack_shown(contract=contract, by=person_of(self.request), now=now),
            **kwargs,
        )

    def _takeover(self, now: datetime) -> dict[str, Any]:
        """What may go with the car while that is offered to somebody."""
        pending = takeovers.pending_transfer(contract=self.object, now=now)
        if pending is None or self.object.ends_on is not None:
            return {}
        return {"pending": pending, "takeover": takeovers.offered_takeover(contract=self.object, now=now)}


class ContractCancel(FormPage):
    """Says when it would end, and cancels."""

    template_name = "subscriptions/contract_cancel.html"
    form_class = EmptyForm
    once = True
    success_message = _("Your contract is cancelled. You get the confirmation by e-mail.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Contract.objects.visible_to(person_of(request)).with_facts()
        self.contract = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ends_on = ending.end_if_cancelled(self.contract, timezone.now())
        return super().get_context_data(contract=self.contract, ends_on=ends_on, **kwargs)

    def perform(self, form: EmptyForm) -> str:
        ending.cancel_contract(by=person_of(self.request), contract=self.contract, now=timezone.now())
        return reverse("subscriptions:contract-detail", args=[self.contract.pk])
