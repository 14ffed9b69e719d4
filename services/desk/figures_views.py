"""The figures of a centre for those who run it."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from common import civil
from common.pages import Page
from services.booking.views import person
from services.desk import figures, figures_drawing
from services.models import Centre

VIEW = "services.view_figures"


class StaffFigures(Page):
    permission = VIEW
    template_name = "services/staff_figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        centres = list(Centre.objects.staffed_by(person(self.request), VIEW).order_by("name"))
        asked = self.request.GET.get("centre", "")
        centre = next((each for each in centres if str(each.pk) == asked), None)
        if asked and centre is None:
            raise Http404
        centre = centre or (centres[0] if centres else None)
        context = super().get_context_data(centres=centres, centre=centre, **kwargs)
        if centre is None:
            return context
        now = timezone.now()
        days = figures.load_ahead(centre=centre, first_day=civil.local_date(now, centre.zone))
        past = figures.past_weeks(centre=centre, now=now)
        working = [each for each in days if each.capacity_minutes or each.booked_minutes]
        return {
            **context,
            "days": working,
            "past": past,
            "load_chart": figures_drawing.load_chart(working),
            "promise_chart": figures_drawing.promise_chart(past.weeks),
            "booked_hours": sum(each.booked_minutes for each in days) // 60,
            "capacity_hours": sum(each.capacity_minutes for each in days) // 60,
            "fullest": max(working, key=lambda each: each.percent or 0, default=None),
        }
