"""Pages of shared access: who may do what until when, inviting, answering, ending."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from common.pages import ActionPage, FormPage
from vehicles import garage, sharing
from vehicles.forms import ShareForm
from vehicles.models import Share
from vehicles.views import OwnedVehicle


class VehicleAccess(OwnedVehicle, FormPage):
    template_name = "vehicles/vehicle_access.html"
    form_class = ShareForm
    once = True
    success_message = _("The invitation is on its way. It is valid for 14 days.")

    @cached_property
    def fleet(self) -> Organisation | None:
        """Whose car it is, when that is an organisation."""
        return sharing.organisation_of(vehicle=self.vehicle, now=timezone.now())

    def get_form_kwargs(self) -> dict[str, Any]:
        members = sharing.members_without_access(vehicle=self.vehicle, organisation=self.fleet)
        return {**super().get_form_kwargs(), "members": members}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            access=garage.access_list(self.vehicle, timezone.now()),
            today=timezone.localdate(),
            fleet=self.fleet,
            **kwargs,
        )

    def perform(self, form: ShareForm) -> str:
        if self.fleet is not None:
            self.success_message = _("Access is given. It holds from now on.")
        sharing.invite_to_share(
            by=self.request.user,
            vehicle=self.vehicle,
            email=form.cleaned_data["email"],
            rights=form.cleaned_data["rights"],
            scope=form.cleaned_data["scope"],
            until=form.until,
            now=timezone.now(),
        )
        return reverse("vehicles:vehicle-access", args=[self.vehicle.pk])


class OneShare:
    """One access that the reader gave, holds, or may answer."""

    request: Any
    kwargs: dict[str, Any]

    @property
    def share(self) -> Share:
        shares = Share.objects.visible_to(self.request.user, timezone.now())
        return get_object_or_404(shares, pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("vehicles:home")


class ShareAccept(OneShare, ActionPage):
    success_message = _("You now have access to this car.")

    def perform(self) -> str:
        done = sharing.accept_share(by=self.request.user, share=self.share, now=timezone.now())
        return reverse("vehicles:vehicle-detail", args=[done.vehicle_id])


class ShareRefuse(OneShare, ActionPage):
    success_message = _("You refused the invitation.")

    def perform(self) -> str:
        sharing.refuse_share(by=self.request.user, share=self.share, now=timezone.now())
        return reverse("vehicles:home")


class ShareEnd(OneShare, ActionPage):
    """Revoke access, withdraw an invitation, or give access back."""

    def perform(self) -> str:
        done = sharing.revoke_share(by=self.request.user, share=self.share, now=timezone.now())
        if done.user_id != self.request.user.pk:
            self.success_message = _("The access has ended.")
            if "everybody" in self.request.POST:
                return reverse("vehicles:people")
            return reverse("vehicles:vehicle-access", args=[done.vehicle_id])
        self.success_message = _("You gave the access back.")
        return reverse("vehicles:home")
