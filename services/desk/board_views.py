"""The staff's start: the board of their centre, and the plain list of the same days."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common import civil
from common.pages import ActionPage, FormPage, Page
from services import live
from services.booking import allocating
from services.booking.views import WeekFragment, person
from services.desk import board, planning, workday
from services.desk.board_forms import VisitPlanForm
from services.models import Appointment, Centre, Resource

PARTS = {"list": "services/_board_list.html", "side": "services/_board_side.html"}
VIEWS = {"board": "services:staff-home", "list": "services:staff-day-list"}
WEEK = 7
STEPS = (-60, -15, 15, 60)  # minutes by which a button moves the time


class StaffHome(WeekFragment, Page):
    """The board; each part of it changes by itself when somebody books, moves or cancels."""

    permission = "services.view_day"
    template_name = "services/board.html"
    view_name = "board"

    @property
    def fragment_name(self) -> str:  # type: ignore[override]  # a class attribute elsewhere
        return PARTS.get(self.request.GET.get("part", ""), PARTS["list"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        centres = list(Centre.objects.staffed_by(user, "services.view_day"))
        asked = self.request.GET.get("centre", "")
        centre = next((each for each in centres if str(each.pk) == asked), None)
        if asked and centre is None:
            raise Http404
        if centre is None and centres:
            centre = centres[0]
        context = super().get_context_data(centres=centres, centre=centre, **kwargs)
        return {**context, **self._days(centre, centres)} if centre else context

    def _days(self, centre: Centre, centres: list[Centre]) -> dict[str, Any]:
        user, now = person(self.request), timezone.now()
        today = civil.local_date(now, centre.zone)
        day, days, view = self._asked_day() or today, self._asked_length(), self.view_name
        if days == WEEK:
            day -= timedelta(days=day.weekday())  # weeks begin on Monday
        shown = board.board_of(by=user, centre=centre, first_day=day, days=days, now=now)
        return {
            "board": shown,
            "day": day,
            "today": today,
            "view": view,
            "listed": [
                (
                    each,
                    [(visit, *self._steps(visit, centre)) for visit in shown.visits_of(each)],
                    live.day_topic(centre.pk, each),
                    f"{to(centre, each)}&part=list",
                )
                for each in civil.days(day, days)
            ],
            "may_change": user.has_permission("services.change_day", centre),
            "today_url": to(centre, today, days, view),
            "previous_url": to(centre, day - timedelta(days=days), days, view),
            "next_url": to(centre, day + timedelta(days=days), days, view),
            "lengths": [(length, to(centre, day, length, view)) for length in board.LENGTHS],
            "views": [(each, to(centre, day, days, each)) for each in VIEWS],
            "centre_urls": [(each, to(each, day, days, view)) for each in centres],
            "side_url": f"{to(centre, day, days)}&part=side",
            "data_url": f"{reverse('api:board')}?"
            + urlencode({"centre": centre.pk, "from": day, "days": days}),
            "live_topic": live.day_topic(centre.pk, day),
            "live_topics": [live.day_topic(centre.pk, each) for each in civil.days(day, days)],
        }

    def _steps(self, visit: Appointment, centre: Centre) -> tuple[list[Appointment.Status], Any]:
        """What a button does, and the step that a form leads to."""
        visit.centre = centre  # known already: no query per visit
        user = person(self.request)
        quick = workday.quick_steps(by=user, appointment=visit, now=timezone.now())
        return quick, workday.form_step(by=user, appointment=visit)

    def _asked_day(self) -> date | None:
        try:
            day = parse_date(self.request.GET.get("day", ""))
        except ValueError:
            return None
        return day if day and 2000 <= day.year <= 2999 else None

    def _asked_length(self) -> int:
        asked = self.request.GET.get("days", "")
        return next((length for length in board.LENGTHS if str(length) == asked), board.LENGTHS[0])


class StaffDayList(StaffHome):
    """The same days as a plain list: for phones, without JavaScript, and for whoever likes it better."""

    view_name = "list"


class PlannedVisit:
    """A visit of one of the person's own centres; anything else is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def visit(self) -> Appointment:
        visits = Appointment.objects.at_centres_of(person(self.request))
        named = visits.select_related("centre", "service_type", "vehicle__model", "booked_by")
        return get_object_or_404(named.prefetch_related("jobs__service_type"), pk=self.kwargs["pk"])

    @property
    def board_url(self) -> str:
        centre = self.visit.centre
        return to(centre, civil.local_date(self.visit.starts_at, centre.zone))


class VisitPlan(PlannedVisit, FormPage):
    """Time, people and places of a visit: what dragging does, for a keyboard and for phones.

    The board opens it in a dialogue; then it answers 204 instead of leading on.
    """

    permission = "services.change_day"
    template_name = "services/board_visit.html"
    form_class = VisitPlanForm
    success_message: Any = _("The plan was changed.")

    def get_template_names(self) -> list[str]:
        return ["services/_board_visit.html" if self.in_dialogue else self.template_name]

    @property
    def in_dialogue(self) -> bool:
        return bool(self.request.htmx)  # type: ignore[attr-defined]  # set by its middleware

    @cached_property
    def seats(self) -> list[allocating.Seat]:
        return allocating.seats(appointment=self.visit, now=timezone.now())

    def get_form_kwargs(self) -> dict[str, Any]:
        resources = Resource.objects.filter(centre=self.visit.centre).prefetch_related("skills")
        return {
            **super().get_form_kwargs(),
            "appointment": self.visit,
            "seats": self.seats,
            "resources": list(resources.order_by("kind", "name")),
            "may_move": planning.may_move(self.visit, self.visit.jobs.all()),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            visit=self.visit,
            car=board.car_words(self.visit),
            lacking=[seat for seat in self.seats if seat.allocation is None],
            may_move=planning.may_move(self.visit, self.visit.jobs.all()),
            in_dialogue=self.in_dialogue,
            steps=STEPS,
            board_url=self.board_url,
            **kwargs,
        )

    def perform(self, form: VisitPlanForm) -> str:
        planning.place_visit(
            by=person(self.request),
            appointment=self.visit,
            starts_at=form.starts_at,
            seats=form.chosen,
            now=timezone.now(),
        )
        del self.visit
        return self.board_url

    def form_valid(self, form: VisitPlanForm) -> HttpResponse:
        if not self.in_dialogue:
            return super().form_valid(form)
        self.success_message = ""  # the board itself shows what has changed
        answer = super().form_valid(form)
        return HttpResponse(status=204) if answer.status_code == 302 else answer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Vary"] = ", ".join(filter(None, [response.get("Vary", ""), "HX-Request"]))
        return response


class VisitAssign(PlannedVisit, ActionPage):
    """One press: whoever is free takes what the visit lacks."""

    permission = "services.change_day"
    success_message = _("Assigned.")

    def perform(self) -> str:
        planning.assign_open_work(by=person(self.request), appointment=self.visit, now=timezone.now())
        return self.board_url

    def failure_url(self) -> str:
        return reverse("services:staff-visit-plan", args=[self.visit.pk])


def to(centre: Centre, day: date, days: int = 1, view: str = "board") -> str:
    """The board's address."""
    asked: dict[str, Any] = {"centre": centre.pk, "day": day}
    if days != 1:
        asked["days"] = days
    return f"{reverse(VIEWS[view])}?{urlencode(asked)}"
