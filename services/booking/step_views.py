"""Booking, steps two and three: where and when, confirm. Each step is a link that can be shared.

What was chosen travels in the address; what was typed stays in the session, for words about a car
belong into no address. Choosing a time keeps it for some minutes, see holds.py.
"""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import Address
from common.errors import DomainError
from common.pages import Access, FormPage, Page
from services import live
from services.booking import (
    booking,
    holds,
    nearest,
    pictures,
    rights,
    starts,
    symptoms,
    wishes,
    withdrawal,
)
from services.booking.forms import AppointmentForm
from services.booking.subject_views import DRAFT, Subject
from services.booking.views import WeekFragment, instant_text, person, week_context, week_of
from services.errors import SlotTaken
from services.models import Centre, Way

NEAREST = 4


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


class WithdrawalNotice(Page):
    """The withdrawal notice and its form, to read before one books and to keep."""

    public = True
    template_name = "services/withdrawal_notice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            withdrawal=withdrawal.read_notice(), withdrawal_form=withdrawal.read_form(), **kwargs
        )


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
            withdrawal_form=withdrawal.read_form(),
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
