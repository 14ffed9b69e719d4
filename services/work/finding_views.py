"""What was found at a car: written down, put in other words, withdrawn."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage
from services.booking.views import person
from services.models import Finding, Job
from services.work import findings, jobs
from services.work.forms import FindingForm, FindingTextForm
from services.work.views import OfJob


class FindingCreate(OfJob, FormPage):
    template_name = "services/finding_create.html"
    form_class = FindingForm
    once = True
    success_message = _("The finding is written down. The front desk can make an estimate of it.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "user": person(self.request),
            "job": self.job,
            "now": timezone.now(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(job=self.job, visit=self.job.appointment, **kwargs)

    def perform(self, form: FindingForm) -> str:
        findings.record_finding(
            by=person(self.request),
            job=self.job,
            text=form.cleaned_data["text"],
            item=form.cleaned_data.get("item"),
            pictures=form.cleaned_data["pictures"],
            now=timezone.now(),
        )
        return self.job_url()


class OfFinding:
    """A finding at a job that the reader may work on; any other is a 404."""

    request: Any
    kwargs: dict[str, Any]
    permission: str | None = jobs.DO_WORK

    @cached_property
    def finding(self) -> Finding:
        rows = Finding.objects.filter(job__in=Job.objects.workable_by(person(self.request)).values("pk"))
        return get_object_or_404(rows.select_related("job__service_type"), pk=self.kwargs["pk"])

    def job_url(self) -> str:
        return reverse("services:job-detail", args=[self.finding.job_id])


class FindingChange(OfFinding, FormPage):
    template_name = "services/finding_change.html"
    form_class = FindingTextForm
    success_message = _("The finding is changed.")

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "text": self.finding.text}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.finding.job
        return super().get_context_data(job=job, visit=job.appointment, **kwargs)

    def perform(self, form: FindingTextForm) -> str:
        findings.change_finding(
            by=person(self.request),
            finding=self.finding,
            text=form.cleaned_data["text"],
            now=timezone.now(),
        )
        return self.job_url()


class FindingWithdraw(OfFinding, ActionPage):
    success_message = _("The finding is withdrawn.")

    def perform(self) -> str:
        target = self.job_url()
        findings.withdraw_finding(by=person(self.request), finding=self.finding, now=timezone.now())
        return target

    def failure_url(self) -> str:
        return self.job_url()
