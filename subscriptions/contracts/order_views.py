"""The order: choose, check, order."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from common import civil
from common.errors import DomainError
from common.pages import FormPage
from subscriptions.contracts import offers, ordering
from subscriptions.contracts.forms import ChoiceForm, OrderForm, initial_choice
from subscriptions.contracts.views import person_of
from subscriptions.views import OfPlan
from vehicles.models import Vehicle

STEPS = [_("Choose"), _("Check and order")]


class ContractOrder(OfPlan, FormPage):
    """Step one by GET (car and start), step two shows the terms directly above the button."""

    template_name = "subscriptions/contract_order.html"
    form_class = OrderForm
    once = True
    success_message = _("Your subscription is concluded. The confirmation is on its way by e-mail.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "starts_on" not in request.GET:
            return self.render_to_response(self.get_context_data(form=self._choice(None)))
        choice = self._choice(request.GET)
        if not choice.is_valid() or not self._is_possible(choice):
            return self.render_to_response(self.get_context_data(form=choice), status=422)
        return self.render_to_response(self._review(choice.cleaned_data))

    def _is_possible(self, choice: ChoiceForm) -> bool:
        """Says now what the order would refuse, beside the field that it concerns."""
        chosen = choice.cleaned_data
        try:
            ordering.check_choice(
                by=person_of(self.request),
                plan_version=self.offered.version,
                vehicle=chosen.get("vehicle"),
                starts_on=chosen["starts_on"],
                organisation=chosen.get("organisation"),
                now=timezone.now(),
            )
        except DomainError as error:
            choice.add_error(error.field if error.field in choice.fields else None, str(error))
        return choice.is_valid()

    def _cars(self) -> Any:
        user, now = person_of(self.request), timezone.now()
        return Vehicle.objects.owned_by(user, now).with_access_of(user, now).order_by("pk")

    def _organisations(self) -> Any:
        return Organisation.objects.run_by(person_of(self.request)).order_by("name", "pk")

    def _choice(self, typed: QueryDict | None) -> ChoiceForm:
        cars = self._cars()
        today = civil.local_date(timezone.now())
        return ChoiceForm(
            typed,
            cars=cars,
            needs_car=self.offered.plan.belongs_to_a_car,
            organisations=self._organisations(),
            initial=initial_choice(cars, self.request.GET.get("vehicle", ""), today),
        )

    def _review(self, choice: dict[str, Any]) -> dict[str, Any]:
        offer = offers.render_offer(
            plan_version=self.offered.version,
            vehicle=choice.get("vehicle"),
            starts_on=choice["starts_on"],
            language=person_of(self.request).language,
            organisation=choice.get("organisation"),
        )
        initial = {**choice, "plan_version": self.offered.version, "offer_hash": offer.hash}
        form = OrderForm(initial=initial, **self._shape())
        asks = ordering.asks_wish(
            organisation=offer.organisation, starts_on=offer.starts_on, now=timezone.now()
        )
        return self.get_context_data(form=form, offer=offer, asks_wish=asks)

    def _shape(self) -> dict[str, Any]:
        return {
            "cars": self._cars(),
            "needs_car": self.offered.plan.belongs_to_a_car,
            "organisations": self._organisations(),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), **self._shape()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_car = not self.offered.plan.belongs_to_a_car or self._cars().exists()
        return super().get_context_data(steps=STEPS, has_car=has_car, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the choice if that was wrong, else the terms as they are now; both say why."""
        choice = self._choice(self.request.POST)
        for name in form.errors.keys() & choice.fields.keys():
            if name not in choice.errors:
                choice.errors[name] = form.errors[name]
        if not choice.is_valid():
            return self.render_to_response(self.get_context_data(form=choice), status=422)
        fresh = self._review(choice.cleaned_data)
        fresh["problems"] = [error for errors in form.errors.values() for error in errors]
        # A new order needs a new key: under the old one the refused terms were sent.
        fresh["idempotency_key"] = uuid.uuid4().hex
        return self.render_to_response(fresh, status=422)

    def perform(self, form: OrderForm) -> str:
        contract = ordering.subscribe(
            by=person_of(self.request),
            vehicle=form.cleaned_data.get("vehicle"),
            plan_version=form.cleaned_data["plan_version"],
            starts_on=form.cleaned_data["starts_on"],
            offer_hash=form.cleaned_data["offer_hash"],
            organisation=form.cleaned_data.get("organisation"),
            early_wish=form.cleaned_data["early_wish"],
            now=timezone.now(),
        )
        return reverse("subscriptions:contract-detail", args=[contract.pk])
