"""Pages of a contract that goes with its car: the seller's offer, the buyer's answer, our desk."""

import uuid
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotFound
from common.pages import ActionPage, FormPage, IdempotentForm, ListPage
from subscriptions.contracts import ordering, takeovers, withdrawing
from subscriptions.models import Contract, Takeover
from vehicles.models import Transfer


class TakeoverForm(IdempotentForm):
    offer_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    early_wish = forms.BooleanField(label=withdrawing.EARLY_WISH, required=False)


class TakeoverOffer(ActionPage):
    """The seller lets the contract go with the car."""

    success_message = _("The contract goes with the car as soon as its buyer agrees.")

    @cached_property
    def contract(self) -> Contract:
        return get_object_or_404(Contract.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("subscriptions:contract-detail", args=[self.contract.pk])

    def perform(self) -> str:
        takeovers.offer_takeover(by=cast(User, self.request.user), contract=self.contract, now=timezone.now())
        return self.failure_url()


class TakeoverWithdraw(TakeoverOffer):
    success_message = _("The contract stays yours. The car is still offered.")

    def perform(self) -> str:
        now = timezone.now()
        takeover = takeovers.offered_takeover(contract=self.contract, now=now)
        if takeover is None:
            raise takeovers.TakeoverClosed
        takeovers.withdraw_takeover(by=cast(User, self.request.user), takeover=takeover, now=now)
        return self.failure_url()


class TakeoverAccept(FormPage):
    """The buyer sees the terms directly above the button (BGB §312j) and takes car and contract."""

    template_name = "subscriptions/takeover_accept.html"
    form_class = TakeoverForm
    once = True
    success_message = _("Car and contract are yours. Choose here how you pay.")

    @cached_property
    def takeover(self) -> Takeover:
        user, now = cast(User, self.request.user), timezone.now()
        offers = Transfer.objects.visible_to(user, now)
        transfer = get_object_or_404(offers, pk=self.kwargs["transfer"])
        found = takeovers.takeover_for(by=user, transfer=transfer, now=now)
        if found is None:
            raise NotFound(_("There is no such takeover."))
        return found

    def _terms(self) -> Any:
        return takeovers.render_terms(
            takeover=self.takeover, by=cast(User, self.request.user), organisation=None, now=timezone.now()
        )

    def get_initial(self) -> dict[str, Any]:
        return {"offer_hash": self._terms().hash}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self._terms()
        asks = ordering.asks_wish(organisation=None, starts_on=offer.starts_on, now=timezone.now())
        return super().get_context_data(takeover=self.takeover, offer=offer, asks_wish=asks, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """The terms as they are now, under a new key: what was sent before stays refused."""
        problems = [error for errors in form.errors.values() for error in errors]
        fresh = self.get_context_data(form=TakeoverForm(initial=self.get_initial()), problems=problems)
        fresh["idempotency_key"] = uuid.uuid4().hex
        return self.render_to_response(fresh, status=422)

    def perform(self, form: TakeoverForm) -> str:
        takeovers.accept_takeover(
            by=cast(User, self.request.user),
            takeover=self.takeover,
            offer_hash=form.cleaned_data["offer_hash"],
            early_wish=form.cleaned_data["early_wish"],
            now=timezone.now(),
        )
        return reverse("subscriptions:payment-methods")


class StaffTakeovers(ListPage):
    """Takeovers that wait for us, because something of the seller is overdue."""

    permission = takeovers.DESK
    template_name = "subscriptions/staff_takeovers.html"
    context_object_name = "takeovers"

    def get_queryset(self) -> QuerySet[Takeover]:
        return takeovers.open_takeovers(timezone.now()).filter(approved_at__isnull=True)


class StaffTakeoverApprove(ActionPage):
    permission: str | None = takeovers.DESK
    success_message = _("We agree to the takeover.")
    agrees = True

    def failure_url(self) -> str:
        return reverse("subscriptions:staff-takeovers")

    def perform(self) -> str:
        takeover = get_object_or_404(Takeover.objects.select_related("transfer"), pk=self.kwargs["pk"])
        takeovers.approve_takeover(
            by=cast(User, self.request.user), takeover=takeover, agrees=self.agrees, now=timezone.now()
        )
        return self.failure_url()


class StaffTakeoverRefuse(StaffTakeoverApprove):
    success_message = _("The takeover is refused. The contract stays with the seller.")
    agrees = False
