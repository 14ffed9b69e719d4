"""Visits that lost their people, place or time: staff find new times for them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.errors import Invalid
from common.pages import ActionPage, FormPage, ListPage
from common.templatetags.typography import clock, day
from services.centres import replans
from services.centres.day_forms import NewTimeForm
from services.centres.day_views import AtCentre
from services.models import Appointment, Centre

CHANGE_DAY = "services.change_day"


class ReplanList(AtCentre, ListPage):
    """Visits that lost their people or place, each with its best new times."""

    permission = CHANGE_DAY
    template_name = "services/replan_list.html"
    context_object_name = "visits"

    def get_queryset(self) -> QuerySet[Appointment]:
        return replans.visits_to_replan(by=self.request.user).filter(centre=self.centre)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(centres=self.centres, centre=self.centre, **kwargs)
        context["rows"] = replans.propose(appointments=context["visits"], now=timezone.now())
        return context


class ReplanAll(AtCentre, ActionPage):
    permission = CHANGE_DAY

    def perform(self) -> str:
        moved, left = replans.move_all(by=self.request.user, centre=self.chosen(), now=timezone.now())
        if moved:
            words = ngettext(
                "%(number)s visit has a time again; its customer is told.",
                "%(number)s visits have a time again; their customers are told.",
                moved,
            )
            messages.success(self.request, words % {"number": moved})
        if left:
            words = ngettext(
                "For %(number)s visit no free time was found. Please call the customer.",
                "For %(number)s visits no free time was found. Please call the customers.",
                left,
            )
            messages.warning(self.request, words % {"number": left})
        return self.failure_url()

    def failure_url(self) -> str:
        return self.at_centre("services:replan-list")


class _OfVisit:
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def visit(self) -> Appointment:
        own = Appointment.objects.filter(
            centre__in=Centre.objects.staffed_by(self.request.user, CHANGE_DAY)
        ).with_names()
        return get_object_or_404(own.select_related("booked_by"), pk=self.kwargs["pk"])

    def to_list(self) -> str:
        return f"{reverse('services:replan-list')}?centre={self.visit.centre_id}"


class ReplanVisit(_OfVisit, FormPage):
    """Another time for one visit: a proposal, or a day and a time of one's own."""

    permission = CHANGE_DAY
    template_name = "services/replan_form.html"
    form_class = NewTimeForm
    once = True
    success_message = _("The new time stands; the customer is told.")

    @cached_property
    def slots(self) -> list[Any]:
        (found,) = replans.propose(appointments=[self.visit], now=timezone.now())
        return found.slots

    def get_form_kwargs(self) -> dict[str, Any]:
        with timezone.override(self.visit.centre.zone):
            slots = [
                (slot.starts_at.isoformat(), f"{day(slot.starts_at)}, {clock(slot.starts_at)}")
                for slot in self.slots
            ]
        return {**super().get_form_kwargs(), "slots": slots}

    def get_initial(self) -> dict[str, Any]:
        return {"slot": self.slots[0].starts_at.isoformat()} if self.slots else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(visit=self.visit, centre=self.visit.centre, **kwargs)

    def perform(self, form: NewTimeForm) -> str:
        replans.move_visit(
            by=self.request.user,
            appointment=self.visit,
            starts_at=form.starts_at(self.visit.centre.zone),
            now=timezone.now(),
        )
        return self.to_list()


class ReplanTake(_OfVisit, ActionPage):
    """One click: the time that the list proposed."""

    permission = CHANGE_DAY
    success_message = _("The new time stands; the customer is told.")

    def perform(self) -> str:
        moment = parse_datetime(self.request.POST.get("slot", ""))
        if moment is None:
            raise Invalid(_("Please choose a time."), code="no_time")
        replans.move_visit(by=self.request.user, appointment=self.visit, starts_at=moment, now=timezone.now())
        return self.to_list()

    def failure_url(self) -> str:
        return self.to_list()


class ReplanReassign(_OfVisit, ActionPage):
    permission = CHANGE_DAY
    success_message = _("Somebody else does it, at the same time.")

    def perform(self) -> str:
        replans.reassign_visit(by=self.request.user, appointment=self.visit, now=timezone.now())
        return self.to_list()

    def failure_url(self) -> str:
        return self.to_list()
