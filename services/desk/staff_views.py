"""The day of a centre, for those who work there."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from common import civil
from common.pages import ActionPage, Page
from services import live
from services.booking.views import WeekFragment, person
from services.desk import workday
from services.models import Appointment, Centre


class StaffHome(WeekFragment, Page):
    """The day list; it changes by itself when somebody books, moves or cancels."""

    permission = "services.view_day"
    template_name = "services/staff_home.html"
    fragment_name = "services/_staff_day.html"

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
        return {**context, **self._day(centre)} if centre else context

    def _day(self, centre: Centre) -> dict[str, Any]:
        today = civil.local_date(timezone.now(), centre.zone)
        day = self._asked_day() or today
        user, now = person(self.request), timezone.now()
        visits = [
            (visit, workday.quick_steps(by=user, appointment=visit, now=now))
            for visit in workday.visits_of_day(by=user, centre=centre, day=day)
        ]
        return {
            "day": day,
            "today": today,
            "visits": visits,
            "today_url": _to(centre, today),
            "previous_url": _to(centre, day - timedelta(days=1)),
            "next_url": _to(centre, day + timedelta(days=1)),
            "here_url": _to(centre, day),
            "live_topic": live.day_topic(centre.pk, day),
        }

    def _asked_day(self) -> date | None:
        try:
            day = parse_date(self.request.GET.get("day", ""))
        except ValueError:
            return None
        return day if day and 2000 <= day.year <= 2999 else None


class AppointmentStatus(ActionPage):
    permission = "services.change_day"
    success_message = _("The status was changed.")

    def perform(self) -> str:
        workday.change_status(
            by=person(self.request),
            appointment=self._appointment(),
            status=self.request.POST.get("status", ""),
            now=timezone.now(),
        )
        return self.failure_url()

    def failure_url(self) -> str:
        visit = self._appointment()
        return _to(visit.centre, civil.local_date(visit.starts_at, visit.centre.zone))

    def _appointment(self) -> Appointment:
        visits = Appointment.objects.at_centres_of(person(self.request)).select_related("centre")
        return get_object_or_404(visits, pk=self.kwargs["pk"])


def _to(centre: Centre, day: date) -> str:
    return f"{reverse('services:staff-home')}?{urlencode({'centre': centre.pk, 'day': day})}"
