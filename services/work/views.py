"""The technician's phone: today's jobs, one job, and what the house knows of oneself."""

import uuid
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Invalid
from common.pages import ActionPage, Page
from services import live
from services.booking.views import WeekFragment, person
from services.models import Centre, CheckItem, CheckResult, EstimateLine, Job, Resource
from services.work import approved, findings, jobs, qualifications, sheets, technicians, times
from services.work.forms import FindingForm, PointForm

DAYS_SHOWN = 14


class MyWork(WeekFragment, Page):
    """One's own jobs of a day; for who runs the day, those of everybody at the centre."""

    permission = jobs.DO_WORK
    template_name = "services/my_work.html"
    fragment_name = "services/_my_work.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = person(self.request), timezone.now()
        mine = jobs.own_places(by=user)
        centres = list(Centre.objects.staffed_by(user, jobs.DO_WORK))
        centre = self._chosen(centres, mine)
        context = super().get_context_data(
            centres=centres, centre=centre, verdicts=CheckResult.Verdict.choices, **kwargs
        )
        if centre is None:
            return context
        today = civil.local_date(now, centre.zone)
        day = self._asked_day() or today
        own = next((row for row in mine if row.centre_id == centre.pk), None)
        everybody = user.has_permission("services.change_day", centre) and (
            own is None or self.request.GET.get("all") == "1"
        )
        found = jobs.in_order(
            list(jobs.jobs_of_day(by=user, centre=centre, day=day, resource=None if everybody else own))
        )
        rows = [(job, jobs.next_step(job)) for job in found]
        return {
            **context,
            "day": day,
            "today": today,
            "own": own,
            "everybody": everybody,
            "rows": rows,
            "now_row": self._now_row(rows) if day == today and not everybody else None,
            "previous_url": self._to(centre, day - timedelta(days=1), everybody),
            "next_url": self._to(centre, day + timedelta(days=1), everybody),
            "here_url": self._to(centre, day, everybody),
            "live_topic": live.day_topic(centre.pk, day),
        }

    @staticmethod
    def _now_row(rows: list[tuple[Job, jobs.NextStep]]) -> tuple[Job, jobs.NextStep] | None:
        """What one is at, or could begin next."""
        return next((row for row in rows if row[1] != jobs.NextStep.NONE), None)

    def _chosen(self, centres: list[Centre], mine: list[Resource]) -> Centre | None:
        asked = self.request.GET.get("centre", "")
        if asked:
            found = next((each for each in centres if str(each.pk) == asked), None)
            if found is None:
                raise Http404
            return found
        return mine[0].centre if mine else centres[0] if centres else None

    def _asked_day(self) -> date | None:
        try:
            day = parse_date(self.request.GET.get("day", ""))
        except ValueError:
            return None
        return day if day and 2000 <= day.year <= 2999 else None

    @staticmethod
    def _to(centre: Centre, day: date, everybody: bool) -> str:
        asked = {"centre": centre.pk, "day": day.isoformat(), **({"all": 1} if everybody else {})}
        return f"{reverse('services:my-work')}?{urlencode(asked)}"


class OfJob:
    """A job that the person may work on; any other is a 404."""

    request: Any
    kwargs: dict[str, Any]
    permission: str | None = jobs.DO_WORK

    @cached_property
    def job(self) -> Job:
        return jobs.job_for(by=person(self.request), pk=self.kwargs["pk"])

    def job_url(self) -> str:
        return reverse("services:job-detail", args=[self.kwargs["pk"]])


def job_context(job: Job, user: User) -> dict[str, Any]:
    """All that the page of a job shows besides the job itself."""
    visit, points = job.appointment, sheets.points_of(job=job)
    found = list(findings.findings_of(appointment=visit))
    pictures = findings.pictures_of(found)
    day = civil.local_date(job.starts_at, visit.centre.zone)
    return {
        "job": job,
        "visit": visit,
        "centre": visit.centre,
        "step": jobs.next_step(job),
        "points": points,
        "counted": sheets.results_in_words(points),
        "findings": [(finding, pictures.get(finding.pk, [])) for finding in found],
        "lines": list(approved.approved_lines(appointment=visit)),
        "waiting_lines": approved.waiting_lines(appointment=visit),
        "others": list(visit.jobs.exclude(pk=job.pk).select_related("service_type").order_by("position")),
        "answers": _answers(job),
        "technician_id": next((each.resource_id for each in job.taken if each.part == "technician"), None),
        "verdicts": CheckResult.Verdict.choices,
        "perms_day": user.has_permission("services.change_day", visit.centre),
        "live_topic": live.day_topic(visit.centre_id, day),
    }


def _answers(job: Job) -> list[tuple[str, str]]:
    """What the customer answered when booking, with the questions as they are asked now."""
    given = job.appointment.symptoms
    questions = job.service_type.questions.order_by("position") if given else []
    return [
        (question.text, str(given[str(question.pk)])) for question in questions if str(question.pk) in given
    ]


class JobDetail(WeekFragment, OfJob, Page):
    template_name = "services/job_detail.html"
    fragment_name = "services/_job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FindingForm(user=person(self.request), job=self.job, now=timezone.now())
        return super().get_context_data(
            **job_context(self.job, person(self.request)),
            form=form,
            idempotency_key=uuid.uuid4().hex,
            **kwargs,
        )


class JobDeed(OfJob, ActionPage):
    """A button at a job."""

    def failure_url(self) -> str:
        return self.job_url()


class JobStart(JobDeed):
    def perform(self) -> str:
        times.start_job(by=person(self.request), job=self.job, now=timezone.now())
        return self.job_url()


class JobPause(JobDeed):
    success_message = _("Paused. The time so far is written down.")

    def perform(self) -> str:
        times.pause_job(by=person(self.request), job=self.job, now=timezone.now())
        return self.job_url()


class JobFinish(JobDeed):
    success_message = _("The job is finished.")

    def perform(self) -> str:
        times.finish_job(by=person(self.request), job=self.job, now=timezone.now())
        return self.job_url()


class JobToCheck(JobDeed):
    success_message = _("All work is done: the car goes to the quality check.")

    def perform(self) -> str:
        times.hand_to_check(by=person(self.request), job=self.job, now=timezone.now())
        return reverse("services:my-work")


class PointRecord(JobDeed):
    """One point of the check sheet, for who works without scripts."""

    def perform(self) -> str:
        form = PointForm(self.request.POST)
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            raise Invalid(errors[0], field=field)
        sheets.record_result(
            by=person(self.request),
            job=self.job,
            item=get_object_or_404(CheckItem, pk=self.kwargs["item"]),
            value=form.cleaned_data["value"],
            verdict=form.cleaned_data["verdict"],
            seen=form.cleaned_data["seen"],
            now=timezone.now(),
        )
        return self.job_url()


class LineTick(JobDeed):
    """Approved extra work: done, or not after all."""

    def perform(self) -> str:
        lines = approved.lines_of(person(self.request)).filter(estimate__appointment=self.job.appointment_id)
        line: EstimateLine = get_object_or_404(lines, pk=self.kwargs["line"])
        approved.tick_line(
            by=person(self.request),
            line=line,
            done=self.request.POST.get("done") != "false",
            now=timezone.now(),
        )
        return self.job_url()


class MyRow(Page):
    """Own shifts, absences and qualifications; and whether customers see one's name."""

    permission = jobs.DO_WORK
    template_name = "services/my_row.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        places = [self._place(resource, now) for resource in jobs.own_places(by=person(self.request))]
        return super().get_context_data(places=places, **kwargs)

    @staticmethod
    def _place(resource: Resource, now: Any) -> dict[str, Any]:
        today = civil.local_date(now, resource.centre.zone)
        held = qualifications.qualifications_of(resource=resource)
        return {
            "resource": resource,
            "days": technicians.working_days(resource=resource, first_day=today, days=DAYS_SHOWN),
            "absences": list(technicians.absences_of(resource=resource, now=now)),
            "qualifications": [
                (each, qualifications.state_of(qualification=each, today=today)) for each in held
            ],
        }


class NameShown(ActionPage):
    """The switch "customers may see my name and photo"."""

    permission = jobs.DO_WORK

    def perform(self) -> str:
        resource = get_object_or_404(Resource, pk=self.kwargs["pk"], user=person(self.request))
        shown = self.request.POST.get("shown") == "true"
        technicians.show_to_customers(
            by=person(self.request), resource=resource, shown=shown, now=timezone.now()
        )
        self.success_message = (
            _("Customers now see your name and photo at visits that you work on.")
            if shown
            else _("Customers no longer see your name and photo.")
        )
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("services:my-row")
