"""An estimate as the customer decides about it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage
from services.booking.views import person
from services.estimates import deciding, reading
from services.estimates.forms import DecisionForm
from services.estimates.pricing import Sum
from services.estimates.reading import Read
from services.models import Estimate
from services.visits import concerned, live

# A sum that nobody saw is none that anybody agreed to.
NOT_SHOWN = -1


class OwnEstimate:
    """Pages about an estimate that was sent to the reader; any other is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def get_queryset(self) -> QuerySet[Estimate]:
        return reading.shared_with(person(self.request), timezone.now())

    @cached_property
    def read(self) -> Read:
        estimate = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        return reading.read(estimate, timezone.now())

    @property
    def visit_url(self) -> str:
        return reverse("services:appointment-detail", args=[self.read.estimate.appointment_id])


class EstimateDetail(OwnEstimate, FormPage):
    """Line by line, with the sum of what is chosen beside it; the last button obliges to pay."""

    template_name = "services/estimate_detail.html"
    form_class = DecisionForm
    once = True
    success_message = _("The workshop knows what you decided.")

    def get_template_names(self) -> list[str]:
        if not self.request.headers.get("HX-Request"):
            return [self.template_name]
        part = "_estimate_state" if self.request.GET.get("part") == "state" else "_estimate_sum"
        return [f"services/{part}.html"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lines": [each.line for each in self.read.lines]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "check" in request.POST:  # without JavaScript: the sum first
            form = DecisionForm(initial=request.POST.dict(), lines=[each.line for each in self.read.lines])
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, estimate = timezone.now(), self.read.estimate
        chosen = self.request.POST or self.request.GET
        said = {each.line.pk: chosen.get(f"line-{each.line.pk}", "") for each in self.read.lines}
        ordered = [each for each in self.read.lines if said[each.line.pk] == DecisionForm.APPROVE]
        total = sum((each.sum for each in ordered), Sum())
        others = reading.of_visit(estimate.appointment, now, drafts=False)
        payers = concerned.payers_of(estimate.appointment, now)
        return super().get_context_data(
            read=self.read,
            estimate=estimate,
            visit=estimate.appointment,
            lines=[(each, said[each.line.pk]) for each in self.read.lines],
            is_payer=person(self.request) in payers,
            is_complete=all(said.values()),
            ordered=ordered,
            total=total,
            early_start=bool(chosen.get("early_start")),
            needs_early_start=deciding.needs_early_start(estimate.appointment, now),
            budget=reading.budget_of(estimate.appointment, others)._replace(asked=total.gross),
            live_topic=live.topic_of(estimate.appointment_id),
            **kwargs,
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def perform(self, form: DecisionForm) -> str:
        cents = form.cleaned_data["cents"]
        deciding.decide(
            by=person(self.request),
            estimate=self.read.estimate,
            approved=form.approved,
            cents=NOT_SHOWN if cents is None and form.approved else cents,
            early_start=form.cleaned_data["early_start"],
            now=timezone.now(),
        )
        return self.visit_url


class EstimateRefuse(OwnEstimate, ActionPage):
    """Nothing of it is ordered."""

    success_message = _("The workshop knows that you order nothing of this.")

    def perform(self) -> str:
        deciding.decide(by=person(self.request), estimate=self.read.estimate, approved=[], now=timezone.now())
        return self.visit_url

    def failure_url(self) -> str:
        return reverse("services:estimate-detail", args=[self.kwargs["pk"]])
