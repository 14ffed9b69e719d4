"""The holder's pages of a pack, and its passport for everybody who has the link."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotFound
from common.pages import DetailPage, FormPage
from subscriptions.models import Contract, Pack
from subscriptions.packs import settling
from subscriptions.packs.forms import BuyForm, ReturnForm
from subscriptions.packs.health import curve_of
from subscriptions.packs.showing import PackOfContract, pack_shown


class Passport(DetailPage):
    """Public: what Regulation (EU) 2023/1542 wants said; its health only for who keeps the car."""

    public = True
    template_name = "subscriptions/packs/passport.html"
    context_object_name = "pack"
    slug_field = slug_url_kwarg = "passport"

    def get_queryset(self) -> QuerySet[Pack]:
        return Pack.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        mine = (
            user.is_authenticated
            and Pack.objects.visible_to(user, timezone.now()).filter(pk=self.object.pk).exists()
        )
        return super().get_context_data(mine=mine, curve=curve_of(self.object) if mine else None, **kwargs)


class OpenSettlement:
    """Pages about the pack of one's ended contract; any other is a 404."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def contract(self) -> Contract:
        rows = Contract.objects.visible_to(self.request.user).with_facts()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def shown(self) -> PackOfContract:
        found = pack_shown(contract=self.contract, by=self.request.user, now=timezone.now())
        if found is None or not found.is_open:
            raise NotFound(_("This contract's battery is not to be settled."))
        return found

    @property
    def target(self) -> str:
        return reverse("subscriptions:contract-detail", args=[self.contract.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contract=self.contract, shown=self.shown, **kwargs)  # type: ignore[misc]


class PackBuy(OpenSettlement, FormPage):
    """Price and terms directly above the button (BGB §312j)."""

    template_name = "subscriptions/packs/buy.html"
    form_class = BuyForm
    once = True
    success_message = _("The battery is yours. The invoice is among your invoices.")

    def get_initial(self) -> dict[str, Any]:
        return {"shown_cents": self.shown.price_cents}

    def perform(self, form: BuyForm) -> str:
        settling.buy_pack(
            by=cast(User, self.request.user),
            contract=self.contract,
            shown_cents=form.cleaned_data["shown_cents"],
            now=timezone.now(),
        )
        return self.target


class PackReturn(OpenSettlement, FormPage):
    template_name = "subscriptions/packs/return.html"
    form_class = ReturnForm
    once = True
    success_message = _("Noted: you hand the battery in at this visit.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "visits": self.shown.visits}

    def perform(self, form: ReturnForm) -> str:
        settling.book_return(
            by=cast(User, self.request.user),
            contract=self.contract,
            visit_code=form.cleaned_data["visit"],
            now=timezone.now(),
        )
        return self.target
