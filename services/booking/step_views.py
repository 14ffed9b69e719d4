"""Booking in three steps: what, where and when, confirm. Each step is a link that can be shared.

What was chosen travels in the address; what was typed stays in the session, for words about a car
belong into no address. Choosing a time keeps it for some minutes, see holds.py.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import Address
from common.errors import DomainError, Invalid
from common.pages import Access, FormPage, Page
from services import live
from services.booking import (
    booking,
    holds,
    nearest,
    pictures,
    plans,
    rights,
    starts,
    symptoms,
    wishes,
    withdrawal,
)
from services.booking.forms import AppointmentForm, RequestForm
from services.booking.plans import make_plan, total_price
from services.booking.subject_views import STEPS, Subject, cars_of
from services.booking.views import WeekFragment, instant_text, person, week_context, week_of
from services.errors import SlotTaken
from services.models import Centre, ServiceType, Way
from vehicles.models import Vehicle

DRAFT = "services.booking"  # of the session: note, answers, pictures
NEAREST = 4


class Book(FormPage):
    """Step one: the car, the jobs, and what the workshop should know."""

    template_name = "services/book.html"
    form_class = RequestForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.cars = list(cars_of(request))
            offered = ServiceType.objects.bookable_by_owners()
            models = [car.model_id for car in self.cars]
            fitting = Q(car_models__isnull=True) | Q(car_models__in=models)
            self.service_types = list(
                offered.filter(fitting).distinct() if models else offered.filter(needs_car=False)
            )
        return super().dispatch(request, *args, **kwargs)

    @property
    def draft(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.request.session.get(DRAFT, {})
        return kept

    def get_initial(self) -> dict[str, Any]:
        asked, draft = self.request.GET, self.draft
        answers = {f"answer-{key}": text for key, text in draft.get("answers", {}).items()}
        chosen = set(asked.getlist("service_type"))
        car = next((each for each in self.cars if str(each.pk) == asked.get("vehicle")), None)
        return {
            **answers,
            "note": draft.get("note", ""),
            "vehicle": (car or self.cars[0]).pk if self.cars else None,
            "service_type": [kind.pk for kind in self.service_types if str(kind.pk) in chosen],
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        user = person(self.request)
        return {
            **super().get_form_kwargs(),
            "user": user,
            "now": timezone.now(),
            "cars": cars_of(self.request),
            "service_types": ServiceType.objects.filter(pk__in=[kind.pk for kind in self.service_types]),
            "questions": symptoms.questions_for(self.service_types),
            "kept": pictures.unused(user, self.draft.get("pictures", [])),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        chosen = {str(pk) for pk in form["service_type"].value() or []}
        jobs = [(kind, str(kind.pk) in chosen, form.asked(kind)) for kind in self.service_types]
        context.update(
            steps=STEPS,
            cars=self.cars,
            vehicle_chosen=str(form["vehicle"].value() or ""),
            jobs=[job for job in jobs if job[0].needs_car],
            jobs_without_car=[job for job in jobs if not job[0].needs_car],
            **so_far([kind for kind in self.service_types if str(kind.pk) in chosen]),
        )
        return context

    def perform(self, form: RequestForm) -> str:
        asked = form.cleaned_data
        service_types = list(asked["service_type"])
        plan = make_plan(service_types=service_types)
        car: Vehicle | None = asked["vehicle"] if plan.needs_car else None
        if plan.needs_car and car is None:
            raise Invalid(_("Please choose a car."), code="no_vehicle")
        if car is not None:
            plans.check_model(plan=plan, vehicle=car)
        self.request.session[DRAFT] = {
            "note": asked["note"],
            "answers": form.answers,
            "pictures": [document.pk for document in asked["pictures"]],
        }
        kept = {name: self.request.GET[name] for name in ("centre", "near") if name in self.request.GET}
        chosen = {"service_type": [kind.pk for kind in service_types], **({"vehicle": car.pk} if car else {})}
        return f"{reverse('services:book-time')}?{urlencode({**chosen, **kept}, doseq=True)}"


class BookSoFar(Page):
    """The sum of what is ticked, fetched while ticking."""

    template_name = "services/_book_so_far.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = [pk for pk in self.request.GET.getlist("service_type") if pk.isdecimal() and len(pk) < 16]
        chosen = ServiceType.objects.bookable_by_owners().filter(pk__in=asked)
        return super().get_context_data(**so_far(list(chosen)), **kwargs)


def so_far(chosen: list[ServiceType]) -> dict[str, Any]:
    """Price and time of the chosen work, or why it does not go together."""
    if not chosen:
        return {"chosen": [], "price_cents": 0, "minutes": 0, "objection": ""}
    try:
        minutes = int(make_plan(service_types=chosen).length.total_seconds() // 60)
        objection = ""
    except Invalid as error:
        minutes, objection = 0, str(error)
    return {
        "chosen": chosen,
        "price_cents": total_price(chosen),
        "minutes": minutes,
        "objection": objection,
    }


class BookTime(Subject, WeekFragment, Page):
    """Step two: the earliest times nearby, then the centre, the day, the time."""

    template_name = "services/book_time.html"
    fragment_name = "services/_book_time.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        hold = holds.choice_for(person(self.request), vehicle=self.vehicle, plan=self.plan, now=now)
        if hold is not None and "centre" not in self.request.GET:
            self.centre = hold.centre
        context = super().get_context_data(**kwargs)
        context.update(
            objection=str(self.objection) if self.objection else "",
            wishes=wishes.possible_wishes(centre=self.centre, plan=self.plan),
            wished=self.wished,
            travelling=[str(way) for way in Way.travelling()],
            live_topic=live.slots_topic(self.centre.pk),
            centres=[
                (centre, self.to("services:book-time", centre=centre.pk))
                for centre in Centre.objects.open_to_owners()
            ],
        )
        if self.objection is None:
            week = week_of(self.request, self.centre, self.plan, hold)
            context.update(week_context(week, self.centre, reverse("services:book-time"), self.kept))
            context.update(self.hold_context(hold, self.chosen_start(), now))
            context["near"], context["near_is_yours"] = self._nearest(now), self.near is not None
        if hold is not None:
            context["hold_centre"] = hold.centre
            chosen = {"centre": hold.centre_id, "starts_at": instant_text(hold.span.lower)}
            context["confirm_url"] = self.to("services:book-confirm", **chosen)
        return context

    def _nearest(self, now: datetime) -> list[tuple[nearest.Near, str]]:
        """Nearest to where the person is, if they said so, else to their usual centre; earliest first."""
        north, east = self.near or (self.centre.latitude, self.centre.longitude)
        found = nearest.earliest(latitude=north, longitude=east, plan=self.plan, count=NEAREST, now=now)
        timed = sorted((each.slot.starts_at, each.km, n) for n, each in enumerate(found) if each.slot)
        chosen = [found[n] for _start, _km, n in timed]
        return [(each, instant_text(each.slot.starts_at)) for each in chosen if each.slot]


class BookHold(Subject, Access, View):
    """A button: keep this time while I decide."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        starts_at = self.chosen_start()
        back = "services:book-confirm" if request.POST.get("next") == "confirm" else "services:book-time"
        if starts_at is None or self.objection is not None:
            return redirect(self.to("services:book-time"))
        asked = {"starts_at": instant_text(starts_at), "day": starts_at.astimezone(self.centre.zone).date()}
        if back == "services:book-time":
            asked["week"] = request.POST.get("week") or asked["day"]
        try:
            holds.hold_time(
                by=person(request),
                vehicle=self.vehicle,
                centre=self.centre,
                plan=self.plan,
                starts_at=starts_at,
                now=timezone.now(),
            )
        except SlotTaken:
            pass  # the page that comes says so, with the next times
        except DomainError as error:
            messages.error(request, str(error))
            asked.pop("starts_at")
        return redirect(self.to(back, **asked))


class BookConfirm(Subject, WeekFragment, FormPage):
    """Step three: everything once more, and the binding button."""

    template_name = "services/book_confirm.html"
    fragment_name = "services/_book_hold.html"
    form_class = AppointmentForm
    once = True
    success_message = _("Your appointment is reserved. We are looking forward to seeing you.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.objection is not None:
            return redirect(self.to("services:book-time"))
        return super().get(request, *args, **kwargs)

    @property
    def draft(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.request.session.get(DRAFT, {})
        return kept

    @property
    def with_address(self) -> bool:
        return self.plan.way in Way.travelling()

    def get_form_kwargs(self) -> dict[str, Any]:
        starts_at = self.chosen_start()
        return {
            **super().get_form_kwargs(),
            "with_address": self.with_address,
            "with_early_start": starts_at is None
            or rights.needs_early_start(
                plan=self.plan, vehicle=self.vehicle, starts_at=starts_at, now=timezone.now()
            ),
        }

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"starts_at": self.request.GET.get("starts_at", "")}
        if self.with_address:
            rows = Address.objects.filter(user=person(self.request), purpose=Address.Purpose.HOME)
            home = rows.filter(postcode=self.plan.postcode).first()
            if home is not None:
                initial.update(street=home.street, town=home.town)
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        now, starts_at = timezone.now(), self.chosen_start()
        user = person(self.request)
        hold = holds.choice_for(user, vehicle=self.vehicle, plan=self.plan, now=now)
        if hold is not None and (hold.centre_id != self.centre.pk or hold.span.lower != starts_at):
            hold = None  # of another tab
        context.update(self.hold_context(hold, starts_at, now))
        if starts_at is not None:
            context["slot"] = starts.planned_slot(plan=self.plan, starts_at=starts_at)
            chosen = {"starts_at": instant_text(starts_at), "week": starts_at.date()}
            context["time_url"] = self.to("services:book-time", **chosen)
        draft = self.draft
        context.update(
            holding_from="confirm",
            hold_url=self.request.get_full_path(),
            note=draft.get("note", ""),
            answers=symptoms.answers_of(self.service_types, draft.get("answers", {})),
            pictures=pictures.unused(user, draft.get("pictures", [])),
            withdrawal=withdrawal.read_notice() if self.plan.is_priced else [],
        )
        return context

    def perform(self, form: AppointmentForm) -> str:
        asked, draft, user = form.cleaned_data, self.draft, person(self.request)
        doorstep = (
            booking.Doorstep(asked["street"], self.plan.postcode, asked["town"])
            if self.with_address
            else None
        )
        try:
            appointment = booking.book_appointment(
                by=user,
                vehicle=self.vehicle,
                centre=self.centre,
                plan=self.plan,
                starts_at=asked["starts_at"],
                note=draft.get("note", ""),
                answers=self._answers(draft.get("answers", {})),
                pictures=pictures.unused(user, draft.get("pictures", [])),
                doorstep=doorstep,
                early_start=bool(asked.get("early_start")),
                now=timezone.now(),
            )
        except DomainError as error:
            if error.field not in form.fields or form[error.field].is_hidden:
                error.field = None  # said at the top, where it can be read
            raise
        self.request.session.pop(DRAFT, None)
        return reverse("services:appointment-detail", args=[appointment.pk])

    def _answers(self, given: dict[str, str]) -> dict[str, str]:
        """Of the chosen work only: it may have changed since they were given."""
        asked = {answer.question.pk: answer.text for answer in symptoms.answers_of(self.service_types, given)}
        return {str(pk): text for pk, text in asked.items()}
