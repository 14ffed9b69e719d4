"""Changing a contract: choose, read what it costs, agree; and take it back before it begins."""

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common import civil
from common.errors import DomainError
from common.pages import ActionPage, FormPage
from subscriptions.contracts import changes, choosing
from subscriptions.contracts.change_forms import AgreeForm, WishForm
from subscriptions.contracts.views import person_of
from subscriptions.models import Contract, ContractChange


class ContractChangePage(FormPage):
    """Step one by GET (what), step two shows price and days directly above the button."""

    template_name = "subscriptions/contract_change.html"
    form_class = AgreeForm
    once = True
    success_message = _("Your contract is changed. You get the confirmation by e-mail.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            rows = Contract.objects.visible_to(person_of(request)).with_facts()
            self.contract = get_object_or_404(rows.select_related("plan_version__plan"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "what" not in request.GET:
            return self.render_to_response(self.get_context_data(form=None))
        return self._answer(WishForm(request.GET, now=timezone.now()))

    def _answer(self, form: WishForm, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
        """What the wish would cost; back to the choice, with the reason, if it can't be."""
        told = list(problems or [])
        if form.is_valid():
            try:
                planned = changes.preview_change(contract=self.contract, wish=form.wish(), now=timezone.now())
            except DomainError as error:
                told.append(str(error))
            else:
                seen = AgreeForm(
                    initial={**form.cleaned_data, "offer_hash": planned.hash}, now=timezone.now()
                )
                context = self.get_context_data(form=seen, planned=planned, problems=told)
                if told:  # under the old key other terms were sent
                    context["idempotency_key"] = uuid.uuid4().hex
                return self.render_to_response(context, status=status)
        told += [str(error) for errors in form.errors.values() for error in errors]
        return self.render_to_response(
            self.get_context_data(form=None, asked=form.data, problems=told), status=422
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "now": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        today = civil.local_date(now)
        asked = kwargs.get("asked") or {}
        shown: dict[str, Any] = {
            "contract": self.contract,
            "choices": choosing.choices(contract=self.contract, now=now),
            "first_day": asked.get("starts_on") or today.isoformat(),
            "tomorrow": today + timedelta(days=1),
            "planned": None,
            "problems": [],
            "asked": asked,
        }
        return super().get_context_data(**{**shown, **kwargs})

    def form_invalid(self, form: Any) -> HttpResponse:
        problems = [str(error) for errors in form.errors.values() for error in errors]
        return self._answer(WishForm(self.request.POST, now=timezone.now()), problems, status=422)

    def perform(self, form: AgreeForm) -> str:
        changes.change_contract(
            by=person_of(self.request),
            contract=self.contract,
            wish=form.wish(),
            offer_hash=form.cleaned_data["offer_hash"],
            now=timezone.now(),
        )
        return reverse("subscriptions:contract-detail", args=[self.contract.pk])


class ChangeTakeBack(ActionPage):
    """Undo a change that has not begun."""

    success_message = _("The change is taken back: everything stays as it is.")

    @cached_property
    def change(self) -> ContractChange:
        own = Contract.objects.visible_to(person_of(self.request))
        rows = ContractChange.objects.select_related("contract").filter(contract__in=own)
        return get_object_or_404(rows, pk=self.kwargs["change"], contract=self.kwargs["pk"])

    def perform(self) -> str:
        changes.take_back(by=person_of(self.request), change=self.change, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:contract-detail", args=[self.kwargs["pk"]])
