"""One visit for the workshop: how far it is, what it costs, what was said.

The page is put together from parts: each is a template ``services/_staff_visit_<name>.html`` and a
function that reads what it shows. A part is fetched anew by itself when something about it changes.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.pages import ActionPage, FormPage
from services.booking import pictures
from services.booking.views import person
from services.desk import workday
from services.desk.visit_forms import PromiseForm, StepForm
from services.estimates.on_visit import read_estimates
from services.models import Allocation, Appointment, SymptomQuestion
from services.visits import live, messages, promises, timeline
from services.visits.forms import VisitMessageForm

VIEW, CHANGE = "services.view_day", "services.change_day"
Reads = Callable[[Appointment, User, datetime], dict[str, Any]]


def read_facts(visit: Appointment, user: User, now: datetime) -> dict[str, Any]:
    taken = (
        Allocation.objects.filter(appointment=visit, active=True)
        .select_related("resource")
        .order_by("resource__kind", "pk")
    )
    return {
        "booking_pictures": pictures.of_visit(visit),
        "jobs": list(visit.jobs.select_related("service_type").order_by("position")),
        "taken": list({each.resource_id: each.resource for each in taken}.values()),
        "symptoms": symptoms_of(visit),
        "thanks": getattr(visit, "thanks", None),
    }


def symptoms_of(visit: Appointment) -> list[tuple[str, str]]:
    """Question and answer as given at booking. One read, and none where nothing was asked."""
    answers: dict[str, str] = visit.symptoms
    if not answers:
        return []
    asked = SymptomQuestion.objects.filter(pk__in=[int(pk) for pk in answers if pk.isdecimal()])
    return [(question.text, str(answers[str(question.pk)])) for question in asked]


def read_status(visit: Appointment, user: User, now: datetime) -> dict[str, Any]:
    steps = workday.next_steps(by=user, appointment=visit, now=now)
    return {
        "timeline": timeline.read_timeline(visit),
        "next_steps": steps,
        "quick_steps": workday.quick_steps(by=user, appointment=visit, now=now),
        "may_promise": user.has_permission(CHANGE, visit.centre) and visit.status not in promises.OVER,
    }


def read_messages(visit: Appointment, user: User, now: datetime) -> dict[str, Any]:
    said = messages.thread_of(visit)
    return {
        "said": said,
        "unread": sum(1 for each in said if each.message.from_customer and not each.message.read_at),
        "can_write": messages.can_write(visit, now),
    }


# Name → what its template shows. Others put theirs here, and an include into staff_visit.html.
PARTS: dict[str, Reads] = {
    "facts": read_facts,
    "status": read_status,
    "estimates": read_estimates,
    "messages": read_messages,
}


class OfVisit:
    """Pages about a visit at one of the reader's centres; any other is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def visit(self) -> Appointment:
        rows = Appointment.objects.at_centres_of(person(self.request)).with_names()
        return get_object_or_404(rows.select_related("booked_by", "thanks"), pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("services:staff-visit", args=[self.visit.pk])


class StaffVisit(OfVisit, FormPage):
    """All about a visit; its form writes to the customer."""

    permission = VIEW
    template_name = "services/staff_visit.html"
    form_class = VisitMessageForm
    once = True
    success_message = _("Your message is sent.")

    def get_template_names(self) -> list[str]:
        part = self._part()
        return [f"services/_staff_visit_{part}.html" if part else self.template_name]

    def _part(self) -> str:
        """The one part that is asked for, of a page that is open already."""
        asked = self.request.GET.get("part", "")
        return asked if self.request.headers.get("HX-Request") and asked in PARTS else ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "user": person(self.request),
            "owner": self.visit.booked_by,
            "now": timezone.now(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user, now, part = person(self.request), timezone.now(), self._part()
        for name, read in PARTS.items():
            if part in ("", name):
                context.update(read(self.visit, user, now))
        return {
            **context,
            "visit": self.visit,
            "live_topic": live.topic_of(self.visit.pk),
            "may_change": user.has_permission(CHANGE, self.visit.centre),
            "sees_customers": user.has_permission("accounts.view_customers"),
        }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def perform(self, form: VisitMessageForm) -> str:
        messages.write_as_staff(
            by=person(self.request), appointment=self.visit, now=timezone.now(), **form.cleaned_data
        )
        return f"{self.url}#messages"


class StaffVisitRead(OfVisit, ActionPage):
    """The page with the thread was opened: what the customer wrote is read."""

    permission = VIEW

    def perform(self) -> str:
        messages.mark_read(appointment=self.visit, by_customer=False, now=timezone.now())
        return self.url

    def failure_url(self) -> str:
        return self.url


class StaffVisitStatus(OfVisit, ActionPage):
    """A step by one button."""

    permission = CHANGE
    success_message = _("The status was changed.")

    def perform(self) -> str:
        workday.change_status(
            by=person(self.request),
            appointment=self.visit,
            status=self.request.POST.get("status", ""),
            now=timezone.now(),
        )
        return self.url

    def failure_url(self) -> str:
        return self.url


class VisitDeed(OfVisit, FormPage):
    """A page with one form about a visit."""

    permission = CHANGE
    template_name = "services/staff_visit_deed.html"
    once = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(visit=self.visit, visit_url=self.url, **kwargs)


class StaffVisitStep(VisitDeed):
    """A step with words: what is missing, what the customer should know."""

    form_class = StepForm
    success_message = _("The status was changed.")
    extra_context = {
        "title": _("Next step"),
        "lead": _("The customer sees it at once."),
        "action": _("Change status"),
    }

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "status": self.request.GET.get("status", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        now = timezone.now()
        steps = workday.next_steps(by=person(self.request), appointment=self.visit, now=now)
        return {**super().get_form_kwargs(), "steps": steps}

    def perform(self, form: StepForm) -> str:
        workday.change_status(
            by=person(self.request),
            appointment=self.visit,
            status=form.cleaned_data["status"],
            note=form.cleaned_data["note"],
            parts=form.missing,
            now=timezone.now(),
        )
        return self.url


class StaffVisitPromise(VisitDeed):
    """Another time by which the car is ready."""

    form_class = PromiseForm
    success_message = _("The customer knows the new time.")
    extra_context = {
        "title": _("Promise another time"),
        "lead": _("The time before stays visible, and the customer is told why."),
        "action": _("Promise this time"),
    }

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "promised_at": self.visit.promised_at}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "visit": self.visit}

    def perform(self, form: PromiseForm) -> str:
        promises.change_promise(
            by=person(self.request), appointment=self.visit, now=timezone.now(), **form.cleaned_data
        )
        return self.url
