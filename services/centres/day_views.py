"""Staff say who is away, when a house is shut, and on which days it is open beside its week."""

from datetime import time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import civil
from common.pages import ActionPage, FormPage, ListPage, Page
from common.templatetags.typography import clock, day
from services.centres import absences, closing, hours, replans, spans, team
from services.centres.day_forms import AbsenceForm, ClosureForm, ExtraOpeningForm
from services.centres.displacing import Outcome
from services.models import Absence, Centre, Closure, ExtraOpening

CHANGE_DAY = "services.change_day"
MOST = 60  # closings ahead on one page: a year of holidays, and then some


class AtCentre:
    """One of the person's centres: the one that the address names, else their first."""

    request: Any

    @cached_property
    def centres(self) -> list[Centre]:
        return list(Centre.objects.staffed_by(self.request.user, CHANGE_DAY).order_by("name"))

    @cached_property
    def centre(self) -> Centre | None:
        asked = self.request.GET.get("centre", "")
        found = next((each for each in self.centres if str(each.pk) == asked), None)
        if asked and found is None:
            raise Http404
        return found or (self.centres[0] if self.centres else None)

    def chosen(self) -> Centre:
        if self.centre is None:
            raise Http404
        return self.centre

    def at_centre(self, name: str) -> str:
        return f"{reverse(name)}?centre={self.chosen().pk}"


class TeamList(AtCentre, Page):
    """Who is there today, and who is not."""

    permission = CHANGE_DAY
    template_name = "services/team_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        centre, now = self.centre, timezone.now()
        waiting = replans.visits_to_replan(by=self.request.user).filter(centre=centre).count()
        return super().get_context_data(
            centres=self.centres,
            centre=centre,
            members=team.team_of(centre=centre, now=now) if centre else [],
            waiting=waiting,
            **kwargs,
        )


class AbsenceList(AtCentre, ListPage):
    """Present and coming ones; past ones are in the journal."""

    permission = CHANGE_DAY
    template_name = "services/absence_list.html"
    context_object_name = "absences"

    def get_queryset(self) -> QuerySet[Absence]:
        found = absences.absences_of(by=self.request.user)
        return found.filter(resource__centre=self.centre, span__endswith__gt=timezone.now()).order_by("span")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = replans.visits_to_replan(by=self.request.user).filter(centre=self.centre).count()
        context = super().get_context_data(
            centres=self.centres, centre=self.centre, waiting=waiting, now=timezone.now(), **kwargs
        )
        context["rows"] = [
            (each, span_words(each.span, each.resource.centre)) for each in context["absences"]
        ]
        return context


class AbsenceCreate(AtCentre, FormPage):
    permission = CHANGE_DAY
    template_name = "services/absence_form.html"
    form_class = AbsenceForm
    once = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "centre": self.chosen()}

    def get_initial(self) -> dict[str, Any]:
        """Whoever rings up at half past seven is ill today."""
        today = civil.local_date(timezone.now(), self.chosen().zone)
        return {"first_day": today, "last_day": today, "resource": self.request.GET.get("resource")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(centres=self.centres, centre=self.chosen(), **kwargs)

    def perform(self, form: AbsenceForm) -> str:
        span = form.span(self.chosen().zone)
        entered = absences.enter_absence(
            by=self.request.user,
            resource=form.cleaned_data["resource"],
            starts_at=span.lower,
            ends_at=span.upper,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        self.success_message = told(entered.outcome)
        name = "services:replan-list" if entered.outcome.left else "services:absence-list"
        return self.at_centre(name)


def span_words(span: Any, centre: Centre) -> str:
    """``Do., 26. November, 08:00 – 12:00``; whole days without clocks."""
    with timezone.override(centre.zone):
        whole = all(moment.astimezone(centre.zone).time() == time() for moment in (span.lower, span.upper))
        first, last = spans.typed_days(span, centre.zone)
        if whole:
            return day(first) if first == last else f"{day(first)} – {day(last)}"
        if first == last:
            return f"{day(first)}, {clock(span.lower)} – {clock(span.upper)}"
        return f"{day(first)}, {clock(span.lower)} – {day(last)}, {clock(span.upper)}"


def told(outcome: Outcome) -> str:
    """What an absence or a closing did, in words."""
    if not outcome.displaced:
        return str(_("Saved. No visit is affected."))
    words = []
    if outcome.reassigned:
        words.append(
            ngettext(
                "%(number)s visit was given to somebody else at the same time.",
                "%(number)s visits were given to others at the same time.",
                outcome.reassigned,
            )
            % {"number": outcome.reassigned}
        )
    if outcome.left:
        words.append(
            ngettext("%(number)s visit needs a new time.", "%(number)s visits need a new time.", outcome.left)
            % {"number": outcome.left}
        )
    return " ".join([str(_("Saved.")), *words])


class AbsenceCancel(ActionPage):
    permission = CHANGE_DAY
    success_message = _("Taken back. Visits that had found nobody yet are theirs again.")

    def perform(self) -> str:
        absences.cancel_absence(by=self.request.user, absence=self._absence(), now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return f"{reverse('services:absence-list')}?centre={self._absence().resource.centre_id}"

    def _absence(self) -> Absence:
        own = Absence.objects.filter(
            resource__centre__in=Centre.objects.staffed_by(self.request.user, CHANGE_DAY)
        )
        return get_object_or_404(own.select_related("resource"), pk=self.kwargs["pk"])


class ClosureList(AtCentre, FormPage):
    """What shuts a centre from today on; the form adds one."""

    permission = CHANGE_DAY
    template_name = "services/closure_list.html"
    form_class = ClosureForm
    once = True

    def get_initial(self) -> dict[str, Any]:
        if self.centre is None:
            return {}
        tomorrow = civil.local_date(timezone.now(), self.centre.zone) + timedelta(days=1)
        return {"first_day": tomorrow, "last_day": tomorrow}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = closing.closures_of(by=self.request.user).filter(
            centre=self.centre, span__endswith__gt=timezone.now()
        )
        waiting = replans.visits_to_replan(by=self.request.user).filter(centre=self.centre).count()
        return super().get_context_data(
            centres=self.centres,
            centre=self.centre,
            closures=[(each, span_words(each.span, each.centre)) for each in found.order_by("span")[:MOST]],
            waiting=waiting,
            **kwargs,
        )

    def perform(self, form: ClosureForm) -> str:
        centre = self.chosen()
        span = form.span(centre.zone)
        closure = closing.close_centre(
            by=self.request.user,
            centre=centre,
            starts_at=span.lower,
            ends_at=span.upper,
            reason=Closure.Reason.PUBLIC_HOLIDAY if form.cleaned_data["holiday"] else Closure.Reason.OTHER,
            name=form.cleaned_data["name"],
            now=timezone.now(),
        )
        lost = closure.displacements.values("appointment").distinct().count()
        self.success_message = told(Outcome(lost))
        return self.at_centre("services:replan-list" if lost else "services:closure-list")


class ClosureReopen(ActionPage):
    permission = CHANGE_DAY
    success_message = _("Open after all. Visits that had found no other time keep theirs.")

    def perform(self) -> str:
        closing.reopen_centre(by=self.request.user, closure=self._closure(), now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return f"{reverse('services:closure-list')}?centre={self._closure().centre_id}"

    def _closure(self) -> Closure:
        own = Closure.objects.filter(centre__in=Centre.objects.staffed_by(self.request.user, CHANGE_DAY))
        return get_object_or_404(own, pk=self.kwargs["pk"])


class ExtraOpeningList(AtCentre, FormPage):
    """Days on which the house is open beside its week; the form adds one."""

    permission = CHANGE_DAY
    template_name = "services/extra_opening_list.html"
    form_class = ExtraOpeningForm
    once = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "centre": self.centre}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = civil.local_date(timezone.now(), self.centre.zone) if self.centre else timezone.localdate()
        found = hours.extra_openings_of(by=self.request.user).filter(centre=self.centre, day__gte=today)
        waiting = replans.visits_to_replan(by=self.request.user).filter(centre=self.centre).count()
        return super().get_context_data(
            centres=self.centres,
            centre=self.centre,
            openings=found.prefetch_related("people").order_by("day", "opens")[:MOST],
            waiting=waiting,
            **kwargs,
        )

    def perform(self, form: ExtraOpeningForm) -> str:
        hours.open_extra_day(
            by=self.request.user, centre=self.chosen(), now=timezone.now(), **form.cleaned_data
        )
        self.success_message = _("Added: this time can be booked now.")
        return self.at_centre("services:extra-opening-list")


class ExtraOpeningCancel(ActionPage):
    permission = CHANGE_DAY

    def perform(self) -> str:
        opening = self._opening()
        outcome = hours.cancel_extra_day(by=self.request.user, opening=opening, now=timezone.now())
        self.success_message = told(outcome)
        if outcome.left:
            return f"{reverse('services:replan-list')}?centre={opening.centre_id}"
        return self.failure_url()

    def failure_url(self) -> str:
        return f"{reverse('services:extra-opening-list')}?centre={self._opening().centre_id}"

    def _opening(self) -> ExtraOpening:
        own = ExtraOpening.objects.filter(centre__in=Centre.objects.staffed_by(self.request.user, CHANGE_DAY))
        return get_object_or_404(own, pk=self.kwargs["pk"])
