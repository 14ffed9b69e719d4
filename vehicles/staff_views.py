"""Pages of the handover: cars, a new car, a new claim code."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_variables

from common.errors import DomainError
from common.pages import Access, FormPage, ListPage, Page
from vehicles import claims, garage, handover
from vehicles.forms import HandoverForm, StaffSearchForm
from vehicles.models import Transfer, Vehicle
from vehicles.vin import decode


@sensitive_variables("done")
def _show_code(request: HttpRequest, done: handover.Handover) -> HttpResponse:
    """The code in clear, as the answer itself: shown once, kept nowhere."""
    answer = render(
        request,
        "vehicles/staff_code.html",
        {
            "vehicle": done.vehicle,
            "code": done.code,
            "expires_at": done.expires_at,
            "add_address": request.build_absolute_uri(reverse("vehicles:vehicle-add")),
        },
    )
    answer["Cache-Control"] = "no-store"
    return answer


class Vehicles(ListPage):
    permission = "vehicles.hand_over"
    template_name = "vehicles/staff_home.html"
    context_object_name = "vehicles"

    def get_queryset(self) -> QuerySet[Vehicle]:
        self.search = StaffSearchForm(self.request.GET or None)
        asked = self.search.cleaned_data["q"].strip() if self.search.is_valid() else ""
        return Vehicle.objects.for_handover(timezone.now()).matching(asked).order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decides = self.request.user.has_permission(claims.DECIDE)
        return super().get_context_data(search=self.search, may_decide_claims=decides, **kwargs)


class HandOver(FormPage):
    permission = "vehicles.hand_over"
    template_name = "vehicles/staff_hand_over.html"
    form_class = HandoverForm
    once = True
    done: handover.Handover | None = None

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        if self.done is not None:
            return _show_code(self.request, self.done)
        if form.is_valid():  # pressed twice: the code is kept nowhere and can't be shown again
            messages.info(
                self.request,
                _("The car is entered. Its code was shown once; issue a new one here if nobody noted it."),
            )
        return answer

    def perform(self, form: HandoverForm) -> str:
        self.done = handover.hand_over_vehicle(by=self.request.user, now=timezone.now(), **form.cleaned_data)
        return reverse("vehicles:staff-vehicle", args=[self.done.vehicle.pk])


class StaffVehicle(Page):
    permission = "vehicles.hand_over"
    template_name = "vehicles/staff_vehicle.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        vehicle = get_object_or_404(Vehicle.objects.for_handover(now), pk=self.kwargs["pk"])
        return super().get_context_data(
            vehicle=vehicle,
            facts=decode(vehicle.vin),
            code=vehicle.claim_codes.usable(now).first(),
            owners=garage.owners_of(vehicle),
            access=garage.access_list(vehicle, now),
            transfer=Transfer.objects.pending(now).filter(vehicle=vehicle).first(),
            **kwargs,
        )


class NewCode(Access, View):
    permission = "vehicles.hand_over"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        vehicle = get_object_or_404(Vehicle, pk=pk)
        try:
            done = handover.issue_claim_code(by=self.request.user, vehicle=vehicle, now=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("vehicles:staff-vehicle", pk=pk)
        return _show_code(request, done)
