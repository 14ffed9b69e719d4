"""Booking in three steps: what, where and when, confirm. Each step is a link that can be shared."""

from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from common.errors import DomainError
from common.pages import FormPage, Page
from services import live
from services.booking import booking, starts
from services.booking.availability import Slot
from services.booking.plans import Plan, make_plan
from services.booking.week import Week, read_week
from services.errors import SlotTaken
from services.forms import AppointmentForm, SubjectForm, WeekForm
from services.models import Centre, ServiceType
from services.visits import appointments
from vehicles.models import Vehicle

STEPS = [_("Request"), _("Place and time"), _("Confirm")]


def person(request: HttpRequest) -> User:
    """Whoever asks; the page is behind the sign-in."""
    return cast(User, request.user)


def week_of(request: HttpRequest, centre: Centre, plan: Plan) -> Week:
    """The week that the query string asks for; nonsense in it is as good as nothing."""
    asked = WeekForm(request.GET)
    asked.is_valid()
    wanted: dict[str, Any] = asked.cleaned_data
    return read_week(
        centre=centre,
        plan=plan,
        now=timezone.now(),
        first_day=wanted.get("week"),
        day=wanted.get("day"),
        starts_at=wanted.get("starts_at"),
    )


def week_context(week: Week, centre: Centre, address: str, kept: dict[str, Any]) -> dict[str, Any]:
    """The week with a link for each thing one can choose; ``kept`` stays in every link."""

    def to(**changed: Any) -> str:
        return f"{address}?{urlencode({**kept, **changed})}"

    first = next(iter(week.days))

    def slots(found: list[Slot]) -> list[dict[str, Any]]:
        return [
            {"slot": slot, "url": to(week=first, day=week.day, starts_at=instant_text(slot.starts_at)),
             "chosen": slot == week.chosen}
            for slot in found
        ]  # fmt: skip

    return {
        "week": week,
        "centre": centre,
        "days": [
            {"day": day, "free": free, "url": to(week=first, day=day), "open": day == week.day}
            for day, free in week.days.items()
        ],
        "morning": slots(week.morning),
        "afternoon": slots(week.afternoon),
        "earliest_url": to(
            week=_day(week.earliest, centre), starts_at=instant_text(week.earliest.starts_at)
        ) if week.earliest else "",
        "previous_url": to(week=week.previous) if week.previous else "",
        "next_url": to(week=week.next) if week.next else "",
        "live_topic": live.slots_topic(centre.pk),
    }  # fmt: skip


def instant_text(moment: datetime) -> str:
    return moment.isoformat()


def _day(slot: Slot, centre: Centre) -> date:
    return slot.starts_at.astimezone(centre.zone).date()


class WeekFragment:
    """Answers htmx and live refetches with the changing part of the page alone."""

    request: HttpRequest
    template_name: str
    fragment_name: str

    def get_template_names(self) -> list[str]:
        asked: HtmxDetails = self.request.htmx  # type: ignore[attr-defined]  # set by its middleware
        return [self.fragment_name if asked and not asked.history_restore_request else self.template_name]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        patch_vary_headers(response, ["HX-Request"])
        return response


class Book(Page):
    """Step one: the car and the work. Choosing the work leads on."""

    template_name = "services/book.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        user = person(self.request)
        cars = list(
            Vehicle.objects.usable_by(user, right="service", now=now).select_related("model").order_by("pk")
        )
        asked = self.request.GET.get("vehicle", "")
        car = next((each for each in cars if str(each.pk) == asked), cars[0] if cars else None)
        return super().get_context_data(
            steps=STEPS,
            cars=cars,
            vehicle=car,
            service_types=ServiceType.objects.filter(is_active=True, owner_may_book=True),
            chosen=self.request.GET.get("service_type", ""),
            **kwargs,
        )


class Subject:
    """Steps two and three: sent back to step one without a car and a kind of work."""

    request: HttpRequest
    vehicle: Vehicle
    service_type: ServiceType
    centre: Centre

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = SubjectForm(request.POST or request.GET, user=person(request))
        asked.is_valid()
        chosen = asked.cleaned_data
        centre = chosen.get("centre") or appointments.usual_centre(person(request))
        if not chosen.get("vehicle") or not chosen.get("service_type") or centre is None:
            return redirect("services:book")
        self.vehicle, self.service_type, self.centre = chosen["vehicle"], chosen["service_type"], centre
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    @property
    def plan(self) -> Plan:
        return make_plan(service_types=[self.service_type])

    @property
    def kept(self) -> dict[str, Any]:
        return {
            "vehicle": self.vehicle.pk,
            "service_type": self.service_type.pk,
            "centre": self.centre.pk,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            steps=STEPS,
            vehicle=self.vehicle,
            service_type=self.service_type,
            centre=self.centre,
            subject_url=f"{reverse('services:book')}?{urlencode({'vehicle': self.vehicle.pk})}",
            time_url=f"{reverse('services:book-time')}?{urlencode(self.kept)}",
            **kwargs,
        )


class BookTime(Subject, WeekFragment, Page):
    """Step two: the centre, the day, the time."""

    template_name = "services/book_time.html"
    fragment_name = "services/_book_time.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        week = week_of(self.request, self.centre, self.plan)
        context.update(week_context(week, self.centre, reverse("services:book-time"), self.kept))
        context["centres"] = [
            (centre, f"{reverse('services:book-time')}?{urlencode({**self.kept, 'centre': centre.pk})}")
            for centre in Centre.objects.open_to_owners()
        ]
        if week.chosen:
            asked = urlencode({**self.kept, "starts_at": instant_text(week.chosen.starts_at)})
            context["confirm_url"] = f"{reverse('services:book-confirm')}?{asked}"
        return context


class BookConfirm(Subject, FormPage):
    """Step three: everything once more, a note if wanted, and the binding button."""

    template_name = "services/book_confirm.html"
    form_class = AppointmentForm
    once = True
    success_message = _("Your appointment is reserved. We are looking forward to seeing you.")
    next_slots: list[Slot] = []

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = {**self.kept, "starts_at": self.request.GET.get("starts_at", "")}
        return {**super().get_form_kwargs(), "user": person(self.request), "initial": asked}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = WeekForm(self.request.POST or self.request.GET)
        asked.is_valid()
        starts_at = asked.cleaned_data.get("starts_at")
        if starts_at is not None:
            context["slot"] = starts.planned_slot(plan=self.plan, starts_at=starts_at)
            chosen = urlencode({**self.kept, "starts_at": instant_text(starts_at), "week": starts_at.date()})
            context["time_url"] = f"{reverse('services:book-time')}?{chosen}"
        context["next_slots"] = [(slot, self._again(slot)) for slot in self.next_slots]
        return context

    def _again(self, slot: Slot) -> str:
        return f"{self.request.path}?{urlencode({**self.kept, 'starts_at': instant_text(slot.starts_at)})}"

    def perform(self, form: AppointmentForm) -> str:
        try:
            asked = form.cleaned_data
            appointment = booking.book_appointment(
                by=person(self.request),
                vehicle=asked["vehicle"],
                centre=asked["centre"],
                plan=self.plan,
                starts_at=asked["starts_at"],
                note=asked["note"],
                early_start=True,
                now=timezone.now(),
            )
        except DomainError as error:
            if error.field != "note":  # the others are hidden: say it at the top
                error.field = None
            if isinstance(error, SlotTaken):
                self.next_slots = error.next_slots
            raise
        return reverse("services:appointment-detail", args=[appointment.pk])
