"""Estimates for the workshop: writing, sending, revising, and what was said on the phone."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage
from services.booking.views import person
from services.desk.visit_views import CHANGE, OfVisit
from services.estimates import deciding, drafting, reading, sending
from services.estimates.forms import LineForm, PhoneDecisionForm, SendForm
from services.estimates.reading import Read
from services.models import Estimate, EstimateLine, Finding
from services.visits import live
from services.work import findings


class EstimateBegin(OfVisit, ActionPage):
    """A new draft, or the one that is there; ``finding`` leads to a line for it."""

    permission = CHANGE

    def perform(self) -> str:
        draft = drafting.draft_of(by=person(self.request), appointment=self.visit, now=timezone.now())
        finding = self.request.POST.get("finding", "")
        if finding.isdecimal():
            return f"{reverse('services:staff-estimate-line-create', args=[draft.pk])}?finding={finding}"
        return reverse("services:staff-estimate", args=[draft.pk])

    def failure_url(self) -> str:
        return self.url


class OfEstimate:
    """Pages about an estimate at one of the reader's centres; any other is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def estimate(self) -> Estimate:
        return get_object_or_404(reading.at_centres_of(person(self.request)), pk=self.kwargs["pk"])

    @cached_property
    def read(self) -> Read:
        return reading.read(self.estimate, timezone.now())

    @property
    def url(self) -> str:
        return reverse("services:staff-estimate", args=[self.estimate.pk])

    @property
    def visit_url(self) -> str:
        return reverse("services:staff-visit", args=[self.estimate.appointment_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visit = self.estimate.appointment
        return super().get_context_data(  # type: ignore[misc]
            estimate=self.read.estimate,
            read=self.read,
            visit=visit,
            visit_url=self.visit_url,
            estimate_url=self.url,
            live_topic=live.topic_of(visit.pk),
            **kwargs,
        )


class StaffEstimate(OfEstimate, FormPage):
    """The estimate as it stands; a draft can be changed here, and its form sends it."""

    permission = CHANGE
    template_name = "services/staff_estimate.html"
    form_class = SendForm
    once = True
    success_message = _("The estimate is with the customer.")

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "note": self.estimate.note}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        visit, now = self.estimate.appointment, timezone.now()
        found = reading.of_visit(visit, now, drafts=True)
        waiting = list(findings.open_findings(appointment=visit))
        pictures = findings.pictures_of(waiting)
        return {
            **context,
            "budget": reading.budget_of(visit, found),
            "findings": [(finding, pictures.get(finding.pk, [])) for finding in waiting],
        }

    def perform(self, form: SendForm) -> str:
        now = timezone.now()
        sending.send(
            by=person(self.request),
            estimate=self.estimate,
            expires_at=now + form.time,
            note=form.cleaned_data["note"],
            now=now,
        )
        return self.visit_url


class LinePage(OfEstimate, FormPage):
    """One line with its entries."""

    permission = CHANGE
    template_name = "services/staff_estimate_line.html"
    form_class = LineForm
    once = True
    success_message = _("The line is saved.")
    line: EstimateLine | None = None

    @cached_property
    def finding(self) -> Finding | None:
        asked = self.request.GET.get("finding", "")
        if not asked.isdecimal():
            return None
        return get_object_or_404(findings.open_findings(appointment=self.estimate.appointment), pk=int(asked))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "user": person(self.request),
            "owner": self.estimate.appointment.booked_by,
            "now": timezone.now(),
            "entries": self._entries(),
        }

    def _entries(self) -> list[dict[str, Any]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(line=self.line, finding=self.finding, **kwargs)

    def perform(self, form: LineForm) -> str:
        line = drafting.write_line(
            by=person(self.request),
            estimate=self.estimate,
            line=self.line,
            finding=self.finding,
            work=form.work,
            now=timezone.now(),
        )
        if "more" in self.request.POST:
            return reverse("services:staff-estimate-line", args=[line.pk])
        return self.url


class EstimateLineCreate(LinePage):
    def get_initial(self) -> dict[str, Any]:
        if self.finding is None:
            return super().get_initial()
        title = str(self.finding.item) if self.finding.item else ""
        return {**super().get_initial(), "title": title, "text": self.finding.text}


class EstimateLineEdit(LinePage):
    @cached_property
    def line(self) -> EstimateLine:  # type: ignore[override]
        ours = reading.at_centres_of(person(self.request)).filter(state=Estimate.State.DRAFT)
        rows = EstimateLine.objects.filter(estimate__in=ours.values("pk"))
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def estimate(self) -> Estimate:
        return get_object_or_404(reading.at_centres_of(person(self.request)), pk=self.line.estimate_id)

    def get_initial(self) -> dict[str, Any]:
        line = self.line
        return {**super().get_initial(), "title": line.title, "text": line.text, "urgency": line.urgency}

    def _entries(self) -> list[dict[str, Any]]:
        return [
            {
                "kind": entry.kind,
                "text": entry.text,
                "quantity": entry.quantity,
                "price": Decimal(entry.unit_cents).scaleb(-2),
                "vat_percent": f"{entry.vat_percent.normalize():f}",
            }
            for entry in self.line.entries.all()
        ]


class EstimateLineDrop(OfEstimate, ActionPage):
    permission = CHANGE
    success_message = _("The line is gone.")

    def perform(self) -> str:
        rows = EstimateLine.objects.filter(
            estimate__in=reading.at_centres_of(person(self.request)).values("pk")
        )
        self.line = get_object_or_404(rows.select_related("estimate__appointment"), pk=self.kwargs["pk"])
        drafting.drop_line(by=person(self.request), line=self.line, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("services:staff-estimate", args=[self.line.estimate_id])


class EstimateDiscard(OfEstimate, ActionPage):
    permission = CHANGE
    success_message = _("The draft is gone.")

    def perform(self) -> str:
        target = self.visit_url
        drafting.discard(by=person(self.request), estimate=self.estimate, now=timezone.now())
        return target

    def failure_url(self) -> str:
        return self.url


class EstimateRevise(OfEstimate, ActionPage):
    """Taken back from the customer, as a new draft with the same lines."""

    permission = CHANGE
    success_message = _("The customer can't decide about the old one any more. Change it and send it again.")

    def perform(self) -> str:
        draft = drafting.revise(by=person(self.request), estimate=self.estimate, now=timezone.now())
        return reverse("services:staff-estimate", args=[draft.pk])

    def failure_url(self) -> str:
        return self.url


class EstimateByPhone(OfEstimate, FormPage):
    """What the customer said on the phone; they are told what was written down."""

    permission = CHANGE
    template_name = "services/staff_estimate_phone.html"
    form_class = PhoneDecisionForm
    once = True
    success_message = _("Written down. The customer gets a confirmation.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lines": [each.line for each in self.read.lines]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        context["rows"] = [(each, form[f"line-{each.line.pk}"]) for each in self.read.lines]
        return context

    def perform(self, form: PhoneDecisionForm) -> str:
        deciding.note_decision(
            by=person(self.request), estimate=self.estimate, approved=form.approved, now=timezone.now()
        )
        return self.visit_url
