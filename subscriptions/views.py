"""Pages of the subscriptions: plans, the order, one's contracts, and their end."""

import uuid
from datetime import date
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from common import civil
from common.errors import DomainError
from common.pages import DetailPage, FormPage, ListPage, Page
from subscriptions import catalogue, contracts, declarations, offers
from subscriptions.catalogue import PlanOnSale
from subscriptions.forms import (
    CancellationForm,
    ChoiceForm,
    DeclarationForm,
    EmptyForm,
    OrderForm,
    initial_choice,
    initial_declaration,
)
from subscriptions.models import Contract, Declaration
from vehicles.models import Vehicle

STEPS = [_("Choose"), _("Check and order")]


def person_of(request: HttpRequest) -> User:
    """Who is signed in; LoginRequiredMiddleware has seen to it that somebody is."""
    return cast("User", request.user)


def _with_words(contract: Contract, today: date) -> tuple[Contract, str, list[str]]:
    """A contract as a list shows it: how it stands, and what it includes."""
    included = [offers.allowance_words(each) for each in contract.plan_version.allowances]
    return contract, contract.status(today), included


class Home(Page):
    """Own contracts for people, the plans for everybody."""

    public = True
    template_name = "subscriptions/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        user = self.request.user
        running = contracts.running_contracts(user, now) if user.is_authenticated else []
        today = civil.local_date(now)
        return super().get_context_data(
            contracts=[_with_words(each, today) for each in running],
            plans=catalogue.plans_on_sale(today),
            **kwargs,
        )


class ContractList(ListPage):
    """All contracts of the reader, those that are over included."""

    template_name = "subscriptions/contract_list.html"

    def get_queryset(self) -> QuerySet[Contract]:
        return Contract.objects.visible_to(person_of(self.request)).with_facts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = civil.local_date(timezone.now())
        context["contracts"] = [_with_words(row, today) for row in context["object_list"]]
        return context


class OfPlan:
    """Pages about a plan on sale."""

    request: HttpRequest
    offered: PlanOnSale

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = catalogue.plan_on_sale(civil.local_date(timezone.now()), kwargs["code"])
        if found is None:
            raise Http404
        self.offered = found
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(offered=self.offered, **kwargs)  # type: ignore[misc]


class PlanDetail(OfPlan, Page):
    public = True
    template_name = "subscriptions/plan_detail.html"


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
            contracts.check_choice(
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
        return self.get_context_data(form=OrderForm(initial=initial, **self._shape()), offer=offer)

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
        contract = contracts.subscribe(
            by=person_of(self.request),
            vehicle=form.cleaned_data.get("vehicle"),
            plan_version=form.cleaned_data["plan_version"],
            starts_on=form.cleaned_data["starts_on"],
            offer_hash=form.cleaned_data["offer_hash"],
            organisation=form.cleaned_data.get("organisation"),
            now=timezone.now(),
        )
        return reverse("subscriptions:contract-detail", args=[contract.pk])


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
            may_withdraw=contracts.may_withdraw(contract, now),
            **kwargs,
        )


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
        ends_on = contracts.end_if_cancelled(self.contract, timezone.now())
        return super().get_context_data(contract=self.contract, ends_on=ends_on, **kwargs)

    def perform(self, form: EmptyForm) -> str:
        contracts.cancel_contract(by=person_of(self.request), contract=self.contract, now=timezone.now())
        return reverse("subscriptions:contract-detail", args=[self.contract.pk])


class Declare(FormPage):
    """A declaration by anybody, signed in or not."""

    public = True
    once = True
    kind: Declaration.Kind

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        asked = self.request.GET.get("contract", "")
        own = Contract.objects.visible_to(user) if user.is_authenticated else Contract.objects.none()
        return initial_declaration(own.filter(code=asked[:16]).first(), user)

    def perform(self, form: Any) -> str:
        user = self.request.user
        declaration = declarations.declare(
            kind=self.kind,
            wording=declarations.Wording(**form.cleaned_data),
            by=user if user.is_authenticated else None,
            origin=self.request.META.get("REMOTE_ADDR", ""),
            language=get_language() or "de",
            now=timezone.now(),
        )
        return reverse("subscriptions:declaration-received", args=[declarations.receipt_token(declaration)])


class CancelPublic(Declare):
    """BGB §312k: cancel without signing in."""

    kind = Declaration.Kind.CANCEL
    form_class = CancellationForm
    template_name = "subscriptions/cancel_public.html"


class WithdrawPublic(Declare):
    """BGB §356a: withdraw without signing in."""

    kind = Declaration.Kind.WITHDRAW
    form_class = DeclarationForm
    template_name = "subscriptions/withdraw_public.html"


class DeclarationReceived(Page):
    """The receipt with date and time, for whoever has just declared."""

    public = True
    template_name = "subscriptions/declaration_received.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        declaration = declarations.declaration_of(kwargs["token"])
        if declaration is None:
            raise Http404
        return super().get_context_data(declaration=declaration, **kwargs)
