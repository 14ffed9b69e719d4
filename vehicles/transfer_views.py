"""Pages of giving a car away: transfer to a new owner, their answer, and release."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import freshness
from accounts.organisations import organisations
from accounts.organisations.errors import OrganisationNotFound
from common.pages import ActionPage, FormPage, Page
from vehicles import cards, ownership, transfers
from vehicles.forms import HolderForm, ReleaseForm, TransferForm
from vehicles.models import Transfer
from vehicles.views import OwnedVehicle


class FreshSignIn:
    """Giving a car away asks once more who it is, unless the sign-in is fresh."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not freshness.is_fresh(request.session, now=timezone.now()):
            return redirect(freshness.sign_in_again_url(request.path))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class TransferOffer(OwnedVehicle, FreshSignIn, FormPage):
    parting = True
    template_name = "vehicles/transfer_offer.html"
    form_class = TransferForm
    once = True
    success_message = _("Your offer is on its way. You own the car until it is accepted.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pending = Transfer.objects.pending(timezone.now()).filter(vehicle=self.vehicle).first()
        return super().get_context_data(transfer=pending, **kwargs)

    def perform(self, form: TransferForm) -> str:
        transfers.offer_transfer(
            by=self.request.user,
            vehicle=self.vehicle,
            email=form.cleaned_data["email"],
            now=timezone.now(),
        )
        return self.detail_url()


class VehicleRelease(OwnedVehicle, FreshSignIn, FormPage):
    parting = True
    template_name = "vehicles/vehicle_release.html"
    form_class = ReleaseForm
    success_message = _("The car is no longer in your garage.")

    def perform(self, form: ReleaseForm) -> str:
        ownership.release_vehicle(by=self.request.user, vehicle=self.vehicle, now=timezone.now())
        return reverse("vehicles:home")


class OneTransfer:
    """One offer that the reader made, answered or may answer."""

    request: Any
    kwargs: dict[str, Any]

    @property
    def transfer(self) -> Transfer:
        offers = Transfer.objects.visible_to(self.request.user, timezone.now())
        return get_object_or_404(
            offers.select_related("vehicle__model", "offered_by", "organisation"), pk=self.kwargs["pk"]
        )

    def failure_url(self) -> str:
        return reverse("vehicles:home")


class TransferDetail(OneTransfer, Page):
    template_name = "vehicles/transfer_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        transfer = self.transfer
        now = timezone.now()
        is_open = transfer.state == Transfer.State.OFFERED and transfer.expires_at > now
        mine = transfer.email != self.request.user.email
        return super().get_context_data(
            transfer=transfer,
            is_open=is_open,
            is_mine=mine,
            holders=organisations.run_by(self.request.user),
            cards=cards.cards_of_offer(transfer=transfer, user=self.request.user, now=now),
            **kwargs,
        )


class Accept(OneTransfer, ActionPage):
    success_message = _("The car is yours. Add its number plate.")

    def perform(self) -> str:
        form = HolderForm(self.request.POST, user=self.request.user)
        if not form.is_valid():
            raise OrganisationNotFound
        done = transfers.answer_transfer(
            by=self.request.user,
            transfer=self.transfer,
            accept=True,
            organisation=form.cleaned_data.get("organisation"),
            now=timezone.now(),
        )
        return reverse("vehicles:vehicle-edit", args=[done.vehicle_id]) + "?new=1"


class Refuse(OneTransfer, ActionPage):
    success_message = _("You refused the car. Its owner is told.")

    def perform(self) -> str:
        transfers.answer_transfer(
            by=self.request.user, transfer=self.transfer, accept=False, now=timezone.now()
        )
        return reverse("vehicles:home")


class Withdraw(OneTransfer, ActionPage):
    success_message = _("The offer is withdrawn. You still own the car.")

    def perform(self) -> str:
        done = transfers.withdraw_transfer(by=self.request.user, transfer=self.transfer, now=timezone.now())
        return reverse("vehicles:vehicle-detail", args=[done.vehicle_id])
