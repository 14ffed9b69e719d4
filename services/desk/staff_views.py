"""The day of a centre, for those who work there."""

from datetime import date
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import civil
from common.pages import ActionPage
from services.booking.views import person
from services.desk import workday
from services.models import Appointment, Centre


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
