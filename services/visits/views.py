"""Pages of the workshop: what it offers, one's appointments, one appointment."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, DetailPage, FormPage, ListPage
from services.booking import booking
from services.booking.plans import plan_of
from services.booking.views import WeekFragment, instant_text, person, week_context, week_of
from services.forms import MoveForm
from services.models import Appointment, Centre, ServiceType
from services.visits import appointments


class Home(ListPage):
    """Open to visitors, who see what the workshops offer; owners see what is coming."""

    public = True
    template_name = "services/home.html"
    context_object_name = "appointments"
    paginate_by = 10

    def get_queryset(self) -> QuerySet[Appointment]:
        user = person(self.request)
        return (
            appointments.upcoming(user, timezone.now())
            if user.is_authenticated
            else Appointment.objects.none()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            service_types=ServiceType.objects.filter(is_active=True, owner_may_book=True),
            centres=Centre.objects.open_to_owners(),
            **kwargs,
        )


class AppointmentList(ListPage):
    """Visits that are over."""

    template_name = "services/appointment_list.html"
    context_object_name = "appointments"

    def get_queryset(self) -> QuerySet[Appointment]:
        return appointments.past(person(self.request), timezone.now())


class OwnAppointment:
    """Pages about a visit of a car that the reader may bring to service; any other is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def get_queryset(self) -> QuerySet[Appointment]:
        return Appointment.objects.visible_to(person(self.request), timezone.now()).with_names()

    @property
    def detail_url(self) -> str:
        return reverse("services:appointment-detail", args=[self.kwargs["pk"]])


class AppointmentDetail(OwnAppointment, DetailPage):
    template_name = "services/appointment_detail.html"
    context_object_name = "appointment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_change=self.object.is_changeable(timezone.now()), **kwargs)


class AppointmentMove(OwnAppointment, WeekFragment, FormPage):
    template_name = "services/appointment_move.html"
    fragment_name = "services/_appointment_move.html"
    form_class = MoveForm
    once = True
    success_message = _("Your appointment was moved.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.appointment = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        visit = self.appointment
        week = week_of(self.request, visit.centre, plan_of(visit))
        context.update(week_context(week, visit.centre, self.request.path, {}))
        context["appointment"] = visit
        context["may_change"] = visit.is_changeable(timezone.now())
        context["chosen_text"] = instant_text(week.chosen.starts_at) if week.chosen else ""
        return context

    def perform(self, form: MoveForm) -> str:
        booking.move_appointment(
            by=person(self.request),
            appointment=self.appointment,
            starts_at=form.cleaned_data["starts_at"],
            now=timezone.now(),
        )
        return self.detail_url


class AppointmentCancel(OwnAppointment, ActionPage):
    success_message = _("Your appointment was cancelled.")

    def perform(self) -> str:
        appointment = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        booking.cancel_appointment(by=person(self.request), appointment=appointment, now=timezone.now())
        return reverse("services:home")

    def failure_url(self) -> str:
        return self.detail_url
