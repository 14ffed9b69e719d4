"""Pages of the garage: the cars, one car, adding one, its plate and photo."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.organisations import organisations
from common.pages import ActionPage, FormPage, ListPage, Page
from vehicles import cards, claims, garage, handover, whole_garage
from vehicles.forms import ClaimForm, DetailsForm, PhotoForm
from vehicles.models import Transfer, Vehicle
from vehicles.vin import decode

ADDING = [_("Prove it"), _("Describe it")]


class OwnedVehicle:
    """Pages about a car that the reader owns now; any other is a 404."""

    request: Any
    kwargs: dict[str, Any]

    vehicle: Vehicle
    parting = False  # gives the car away: not for whoever only looks after it for an organisation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now, user = timezone.now(), self.request.user
        cars = Vehicle.objects.owned_by(user, now).with_access_of(user, now)
        self.vehicle = get_object_or_404(cars, pk=kwargs["pk"])
        if self.parting and not self.vehicle.may_give:
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(vehicle=self.vehicle, **kwargs)  # type: ignore[misc]

    def detail_url(self) -> str:
        return reverse("vehicles:vehicle-detail", args=[self.vehicle.pk])


class Home(ListPage):
    template_name = "vehicles/home.html"
    context_object_name = "vehicles"
    paginate_by = 24

    def get_queryset(self) -> QuerySet[Vehicle]:
        now = timezone.now()
        user = self.request.user
        cars = Vehicle.objects.visible_to(user, now).with_access_of(user, now)
        return cars.own_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        transfers, shares = garage.waiting_for(self.request.user, timezone.now())
        claimed = claims.waiting_for_owner(user=self.request.user, now=timezone.now()).count()
        garages = whole_garage.waiting_for(self.request.user, timezone.now())
        waiting = len(transfers) + len(shares) + len(garages) + claimed
        return super().get_context_data(waiting=waiting, **kwargs)


class Incoming(Page):
    """Offers and invitations that wait for the reader's answer."""

    template_name = "vehicles/incoming.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        transfers, shares = garage.waiting_for(self.request.user, timezone.now())
        claimed = claims.waiting_for_owner(user=self.request.user, now=timezone.now())
        return super().get_context_data(
            transfers=transfers,
            shares=shares,
            garages=whole_garage.waiting_for(self.request.user, timezone.now()),
            claims=claimed.select_related("vehicle__model"),
            holders=organisations.run_by(self.request.user) if transfers else [],
            **kwargs,
        )


class VehicleAdd(FormPage):
    """Step one of adding a car: VIN and claim code; plate and photo follow."""

    template_name = "vehicles/vehicle_add.html"
    form_class = ClaimForm
    once = True
    success_message = _("The car is in your garage.")

    def get_initial(self) -> dict[str, Any]:
        return {"vin": self.request.GET.get("vin", "")[:40]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(steps=ADDING, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def perform(self, form: ClaimForm) -> str:
        vehicle = handover.claim_vehicle(by=self.request.user, now=timezone.now(), **form.cleaned_data)
        return reverse("vehicles:vehicle-edit", args=[vehicle.pk]) + "?new=1"


class VehicleDetail(Page):
    template_name = "vehicles/vehicle_detail.html"

    def get_template_names(self) -> list[str]:
        # A push asks for the changing part alone.
        return ["vehicles/_vehicle.html"] if self.request.headers.get("HX-Request") else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, user = timezone.now(), self.request.user
        cars = Vehicle.objects.visible_to(user, now).with_access_of(user, now)
        vehicle = get_object_or_404(cars, pk=self.kwargs["pk"])
        sees_all = vehicle.is_mine or vehicle.my_scope == "full"
        return super().get_context_data(
            vehicle=vehicle,
            facts=decode(vehicle.vin),
            sees_all=sees_all,
            cards=cards.cards_of(vehicle=vehicle, user=user, now=now),
            may_book=vehicle.is_mine or "service" in vehicle.my_rights,
            access=garage.access_list(vehicle, now) if sees_all else [],
            transfer=Transfer.objects.pending(now).filter(vehicle=vehicle).first()
            if vehicle.is_mine
            else None,
            my_share=None if vehicle.is_mine else vehicle.shares.held_by(user, now).first(),
            **kwargs,
        )


class VehicleEdit(OwnedVehicle, FormPage):
    """Plate and nickname; right after adding also step two."""

    template_name = "vehicles/vehicle_edit.html"
    form_class = DetailsForm
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"plate": self.vehicle.plate, "nickname": self.vehicle.nickname}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("photo_form", PhotoForm(user=self.request.user, now=timezone.now()))
        return super().get_context_data(steps=ADDING, is_new="new" in self.request.GET, **kwargs)

    def perform(self, form: DetailsForm) -> str:
        garage.edit_vehicle(
            by=self.request.user, vehicle=self.vehicle, changes=form.cleaned_data, now=timezone.now()
        )
        return self.detail_url()


class VehiclePhoto(OwnedVehicle, FormPage):
    """A new photo for the car."""

    template_name = "vehicles/vehicle_photo.html"
    form_class = PhotoForm
    success_message = _("The photo has arrived. It shows as soon as it was checked.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "now": timezone.now()}

    def perform(self, form: PhotoForm) -> str:
        (photo,) = form.cleaned_data["photo"]
        garage.edit_vehicle(
            by=self.request.user, vehicle=self.vehicle, changes={"photo": photo}, now=timezone.now()
        )
        return self.detail_url()


class PhotoRemove(OwnedVehicle, ActionPage):
    success_message = _("The photo is deleted.")

    def perform(self) -> str:
        garage.edit_vehicle(
            by=self.request.user, vehicle=self.vehicle, changes={"photo": None}, now=timezone.now()
        )
        return self.detail_url()

    failure_url = OwnedVehicle.detail_url
