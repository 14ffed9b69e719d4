"""Pages of the workshop: what it offers, one's appointments, one appointment."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from common.pages import Access, ActionPage, FormPage, ListPage
from documents.models import Document
from services.booking import booking, pictures, waitlist
from services.booking.plans import plan_of
from services.booking.views import WeekFragment, instant_text, person, week_context, week_of
from services.desk import visit_papers
from services.estimates import reading
from services.forms import MoveForm
from services.models import Appointment, Centre, ServiceType
from services.visits import appointments, concerned, live, messages, thanking, timeline
from services.visits.forms import ThanksForm, VisitMessageForm


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
        context = super().get_context_data(
            service_types=ServiceType.objects.filter(is_active=True, owner_may_book=True),
            centres=Centre.objects.open_to_owners(),
            **kwargs,
        )
        messages.mark_unread(context["appointments"], user=person(self.request), now=timezone.now())
        return context


class AppointmentList(ListPage):
    """Visits that are over."""

    template_name = "services/appointment_list.html"
    context_object_name = "appointments"

    def get_queryset(self) -> QuerySet[Appointment]:
        return appointments.past(person(self.request), timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        messages.mark_unread(context["appointments"], user=person(self.request), now=timezone.now())
        return context


class OwnAppointment:
    """Pages about a visit of a car that the reader may bring to service; any other is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def get_queryset(self) -> QuerySet[Appointment]:
        return Appointment.objects.visible_to(person(self.request), timezone.now()).with_names()

    @property
    def detail_url(self) -> str:
        return reverse("services:appointment-detail", args=[self.kwargs["pk"]])


class AppointmentDetail(OwnAppointment, FormPage):
    """The visit, how far it is, what waits for the owner; the form writes to the workshop."""

    template_name = "services/appointment_detail.html"
    fragments = {
        "progress": "services/_appointment_progress.html",
        "messages": "services/_appointment_messages.html",
        "earlier": "services/_appointment_waitlist.html",
    }
    form_class = VisitMessageForm
    once = True
    success_message = _("Your message is sent.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.appointment = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        part = self.request.GET.get("part", "") if self.request.headers.get("HX-Request") else ""
        return [self.fragments.get(part, self.template_name)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": person(self.request), "now": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visit, user, now = self.appointment, person(self.request), timezone.now()
        is_shared = concerned.shared_with(user, now).filter(pk=visit.pk).exists()
        context = super().get_context_data(
            appointment=visit,
            may_change=visit.is_changeable(now),
            timeline=timeline.read_timeline(visit),
            people=concerned.shown_people(visit),
            is_shared=is_shared,
            live_topic=live.topic_of(visit.pk),
            **self._earlier(visit, now),
            **kwargs,
        )
        return {**context, **self._shared(visit, now)} if is_shared else context

    def _earlier(self, visit: Appointment, now: datetime) -> dict[str, Any]:
        """Whether the reader waits for an earlier time, and which is kept for them."""
        if not visit.is_changeable(now):
            return {}
        entry = waitlist.open_entry(visit)
        offer = waitlist.offer_for(visit, now) if entry else None
        return {"waiting": entry, "offer": offer if offer and offer.user_id == self.request.user.pk else None}

    def _shared(self, visit: Appointment, now: datetime) -> dict[str, Any]:
        """What whoever takes the car over meanwhile does not read."""
        said, estimates = messages.thread_of(visit), reading.of_visit(visit, now, drafts=False)
        return {
            "estimates": estimates,
            "closed_estimates": [each for each in estimates if not each.is_open],
            "said": said,
            "booking_pictures": pictures.of_visit(visit),
            "unread": sum(1 for each in said if not each.message.from_customer and not each.message.read_at),
            "can_write": messages.can_write(visit, now),
            "may_thank": thanking.may_thank(visit),
            "papers": visit_papers.papers_of(appointment=visit, user=person(self.request)),
        }

    def perform(self, form: VisitMessageForm) -> str:
        messages.write_as_customer(
            by=person(self.request), appointment=self.appointment, now=timezone.now(), **form.cleaned_data
        )
        return f"{self.detail_url}#messages"


class AppointmentRead(OwnAppointment, ActionPage):
    """The page with the thread was opened: what the workshop wrote is read."""

    def perform(self) -> str:
        visits = concerned.shared_with(person(self.request), timezone.now())
        visit = get_object_or_404(visits, pk=self.kwargs["pk"])
        messages.mark_read(appointment=visit, by_customer=True, now=timezone.now())
        return self.detail_url

    def failure_url(self) -> str:
        return self.detail_url


class AppointmentThanks(OwnAppointment, FormPage):
    """A thank-you to those who worked on the car."""

    template_name = "services/appointment_thanks.html"
    form_class = ThanksForm
    once = True
    success_message = _("Thank you. The team will be glad.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            visits = concerned.shared_with(person(request), timezone.now()).with_names()
            self.appointment = get_object_or_404(visits, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = concerned.shown_people(self.appointment)
        return super().get_context_data(appointment=self.appointment, people=people, **kwargs)

    def perform(self, form: ThanksForm) -> str:
        thanking.thank(
            by=person(self.request), appointment=self.appointment, now=timezone.now(), **form.cleaned_data
        )
        return self.detail_url


class TechnicianPhoto(OwnAppointment, Access, View):
    """The photo of somebody who works on the car and agreed to be seen; for its customer only."""

    def get(self, request: HttpRequest, pk: int, resource: int) -> HttpResponseBase:
        visit = get_object_or_404(self.get_queryset(), pk=pk)
        shown = next((each for each in concerned.shown_people(visit) if each.resource_id == resource), None)
        photo = Document.objects.ready().filter(pk=shown.photo_id or 0).first() if shown else None
        if photo is None:
            raise Http404
        # Staff agreed to be seen by this customer, who may read no other photo of theirs.
        answer = FileResponse(photo.file.open("rb"), content_type=photo.media_type)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
        patch_cache_control(answer, private=True, no_cache=True)
        return answer


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
        week = week_of(self.request, visit.centre, plan_of(visit), moving=visit)
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
