"""Pages for owners: what a car is due for, what was done to it, its recalls."""

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

from accounts.models import User
from common.pages import Access, FormPage, ListPage
from services.booking.views import person
from services.models import Appointment, CampaignCar
from services.upkeep import cards, due, recalls, upkeep
from services.upkeep.forms import OwnerDatesForm
from services.visits import history, record
from vehicles.models import Vehicle


class OwnCar:
    """Pages about a car that the reader may bring to service; any other is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def vehicle(self) -> Vehicle:
        cars = Vehicle.objects.usable_by(person(self.request), right="service", now=timezone.now())
        return get_object_or_404(cars.select_related("model"), pk=self.kwargs["pk"])

    @property
    def car_url(self) -> str:
        return reverse("services:car-upkeep", args=[self.vehicle.pk])


class CarUpkeep(OwnCar, ListPage):
    """What the car is due for, and its visits with their papers."""

    template_name = "services/car_upkeep.html"
    paginate_by = 10

    def get_queryset(self) -> QuerySet[Appointment]:
        return history.visits_of_car(user=person(self.request), vehicle=self.vehicle, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user, now = person(self.request), timezone.now()
        entries = history.entries_for(list(context["page_obj"]), user=user, now=now)
        return {
            **context,
            "vehicle": self.vehicle,
            "card": cards.read_card(self.vehicle, now),
            "entries": entries,
        }


class CarDates(OwnCar, FormPage):
    """The sticker's month and the mileage, corrected by the owner."""

    template_name = "services/car_dates.html"
    form_class = OwnerDatesForm
    success_message = _("Saved. We remind you in time.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kept": upkeep.upkeep_of(self.vehicle)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(vehicle=self.vehicle, car_url=self.car_url, **kwargs)

    def perform(self, form: OwnerDatesForm) -> str:
        upkeep.correct_as_owner(
            by=person(self.request), vehicle=self.vehicle, changes=form.cleaned_data, now=timezone.now()
        )
        return self.car_url


def record_file(vehicle: Vehicle, user: User) -> HttpResponse:
    """The service record as it stands, to take home."""
    content = record.make_record(vehicle=vehicle, language=user.language, now=timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    name = _("service-record-%(vin)s.pdf") % {"vin": vehicle.vin}
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


class ServiceRecord(OwnCar, Access, View):
    """What was done to the car, whoever owned it: it goes with the car."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return record_file(self.vehicle, person(request))


class RecallList(ListPage):
    """Recalls and campaigns of one's cars: those that wait first."""

    template_name = "services/recall_list.html"
    context_object_name = "recalls"

    def get_queryset(self) -> QuerySet[CampaignCar]:
        return recalls.open_first(person(self.request), timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["recalls"])
        cars = {
            each.vin: each
            for each in Vehicle.objects.filter(vin__in=[row.vin for row in rows]).select_related("model")
        }
        context["rows"] = [
            (
                row,
                cars[row.vin],
                due.booking_url(vehicle_id=cars[row.vin].pk, service_type=row.campaign.service_type),
            )
            for row in rows
        ]
        return context
