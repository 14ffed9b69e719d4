"""Pages for staff: recalls and campaigns, and what the cars of their centres are due for."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from common.pages import Access, ActionPage, FormPage, ListPage
from services.booking.views import person
from services.models import Appointment, Campaign, CampaignCar
from services.upkeep import campaigns, cards, letters, upkeep
from services.upkeep.forms import CampaignForm, CarsForm, StaffDatesForm
from services.upkeep.views import record_file
from services.visits import history
from vehicles.models import Vehicle

VIEW_DAY, CHANGE_DAY = "services.view_day", "services.change_day"


class CampaignList(ListPage):
    permission = campaigns.VIEW
    template_name = "services/campaign_list.html"
    context_object_name = "campaigns"

    def get_queryset(self) -> QuerySet[Campaign]:
        return campaigns.with_counts().order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = person(self.request).has_permission(campaigns.PUBLISH)
        return super().get_context_data(may_publish=may, **kwargs)


class CampaignCreate(FormPage):
    permission = campaigns.PUBLISH
    template_name = "services/campaign_form.html"
    form_class = CampaignForm
    once = True
    success_message = _("The draft is kept. Now import the cars it is about.")

    def perform(self, form: CampaignForm) -> str:
        campaign = campaigns.create_campaign(
            by=person(self.request), values=form.cleaned_data, now=timezone.now()
        )
        return reverse("services:staff-campaign", args=[campaign.pk])


class OfCampaign:
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(campaigns.with_counts(), pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("services:staff-campaign", args=[self.kwargs["pk"]])


class CampaignDetail(OfCampaign, ListPage):
    """Its cars, by state."""

    permission = campaigns.VIEW
    template_name = "services/campaign_detail.html"
    context_object_name = "cars"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[CampaignCar]:
        return campaigns.cars_of(self.campaign, state=self._asked("state"), typed=self._asked("q"))

    def _asked(self, name: str) -> str:
        form = CarsForm(self.request.GET)
        form.is_valid()
        value = str(form.cleaned_data.get(name, ""))
        return value if name != "state" or value in CampaignCar.State.values else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        campaign = self.campaign
        known = Vehicle.objects.filter(vin__in=[car.vin for car in context["cars"]]).select_related("model")
        vehicles = {vehicle.vin: vehicle for vehicle in known}
        return {
            **context,
            "campaign": campaign,
            "rows": [(car, vehicles.get(car.vin)) for car in context["cars"]],
            "states": [
                (value, label, getattr(campaign, f"{value}_cars"))
                for value, label in CampaignCar.State.choices
            ],
            "state": self._asked("state"),
            "typed": self._asked("q"),
            "may_publish": person(self.request).has_permission(campaigns.PUBLISH),
            "import_url": reverse("accounts:import-new", args=["campaign-cars"])
            + f"?campaign={campaign.code}",
        }


class CampaignChange(OfCampaign, FormPage):
    permission = campaigns.PUBLISH
    template_name = "services/campaign_form.html"
    form_class = CampaignForm
    once = True
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy of its own: the form writes into its instance before the domain has said yes.
        return {**super().get_form_kwargs(), "instance": get_object_or_404(Campaign, pk=self.kwargs["pk"])}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(campaign=self.campaign, **kwargs)

    def perform(self, form: CampaignForm) -> str:
        campaigns.change_campaign(
            by=person(self.request), campaign=self.campaign, values=form.cleaned_data, now=timezone.now()
        )
        return self.url


class CampaignPublish(OfCampaign, ActionPage):
    permission = campaigns.PUBLISH
    success_message = _("Published. Owners are being told, one after the other.")

    def perform(self) -> str:
        campaigns.publish_campaign(by=person(self.request), campaign=self.campaign, now=timezone.now())
        return self.url

    def failure_url(self) -> str:
        return self.url


class CampaignClose(OfCampaign, ActionPage):
    permission = campaigns.PUBLISH
    success_message = _("Closed. Owners no longer see it.")

    def perform(self) -> str:
        campaigns.close_campaign(by=person(self.request), campaign=self.campaign, now=timezone.now())
        return self.url

    def failure_url(self) -> str:
        return self.url


class CampaignExport(OfCampaign, Access, View):
    """A press takes the list home and is written down, so it is a POST."""

    permission = campaigns.PUBLISH
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        state = request.POST.get("state", "")
        state = state if state in CampaignCar.State.values else ""
        text = letters.export_cars(
            by=person(request), campaign=self.campaign, state=state, now=timezone.now()
        )
        response = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
        name = "-".join([self.campaign.code, *([state] if state else [])]) + ".csv"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response


class StaffCarPage:
    """Pages about a car that came, or is to come, to one of the reader's centres; any other is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def vehicle(self) -> Vehicle:
        cars = upkeep.cars_of_staff(person(self.request))
        return get_object_or_404(cars.select_related("model"), pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("services:staff-car", args=[self.vehicle.pk])


class StaffCar(StaffCarPage, ListPage):
    """What the car is due for, and its visits here."""

    permission = VIEW_DAY
    template_name = "services/staff_car.html"
    paginate_by = 10

    def get_queryset(self) -> QuerySet[Appointment]:
        return history.visits_for_staff(user=person(self.request), vehicle=self.vehicle)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "vehicle": self.vehicle,
            "card": cards.read_card(self.vehicle, timezone.now()),
            "entries": history.read_entries(list(context["page_obj"])),
            "may_change": upkeep.may_change(user=person(self.request), vehicle=self.vehicle),
        }


class StaffCarDates(StaffCarPage, FormPage):
    permission = CHANGE_DAY
    template_name = "services/staff_car_dates.html"
    form_class = StaffDatesForm
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kept": upkeep.upkeep_of(self.vehicle)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(vehicle=self.vehicle, car_url=self.url, **kwargs)

    def perform(self, form: StaffDatesForm) -> str:
        upkeep.change_as_staff(
            by=person(self.request), vehicle=self.vehicle, changes=form.cleaned_data, now=timezone.now()
        )
        return self.url


class StaffServiceRecord(StaffCarPage, Access, View):
    permission = VIEW_DAY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return record_file(self.vehicle, person(request))
