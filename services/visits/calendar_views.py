"""Visits in one's own calendar: the address to subscribe to, what it answers, one visit as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, http_date
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from common.errors import NotFound
from common.pages import Access, ActionPage, Page
from services.booking.views import person
from services.models import Appointment, CalendarFeed
from services.visits import calendar, feed_limits
from services.visits.feed_limits import TooOften


class Calendar(Page):
    """One's own address."""

    template_name = "services/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        feed = CalendarFeed.objects.filter(user=person(self.request)).first()
        address = calendar.address_of(feed) if feed else ""
        return super().get_context_data(
            feed=feed,
            address=address,
            webcal=f"webcal://{address.partition('://')[2]}" if address else "",
            **kwargs,
        )


class _OfCalendar(ActionPage):
    def failure_url(self) -> str:
        return reverse("services:calendar")


class CalendarOpen(_OfCalendar):
    success_message = _("This is your calendar address. Whoever has it reads your appointments.")

    def perform(self) -> str:
        calendar.open_feed(by=person(self.request), now=timezone.now())
        return self.failure_url()


class CalendarRenew(_OfCalendar):
    success_message = _("You have a new address. The old one no longer shows anything.")

    def perform(self) -> str:
        calendar.renew_feed(by=person(self.request), now=timezone.now())
        return self.failure_url()


class CalendarClose(_OfCalendar):
    success_message = _("Your calendar address no longer exists.")

    def perform(self) -> str:
        calendar.close_feed(by=person(self.request), now=timezone.now())
        return self.failure_url()


class CalendarFile(Access, View):
    """What calendar programs read, without a sign-in: the token is the key."""

    public = True
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            feed_limits.count_asking(address=request.META.get("REMOTE_ADDR", ""))
            feed = calendar.feed_named(token)
            feed_limits.count_reading(feed_id=feed.pk)
        except TooOften as error:
            return _too_often(error)
        except NotFound as error:
            raise Http404(str(error)) from error
        found = calendar.read_feed(feed=feed, now=timezone.now())
        changed = int(found.changed_at.timestamp())
        response = HttpResponse(found.content, content_type="text/calendar; charset=utf-8")
        response["ETag"] = found.etag
        response["Last-Modified"] = http_date(changed)
        patch_cache_control(response, private=True, no_cache=True)
        answer = get_conditional_response(request, etag=found.etag, last_modified=changed, response=response)
        assert isinstance(answer, HttpResponse)  # noqa: S101 - for the type checker
        return answer


def _too_often(error: TooOften) -> HttpResponse:
    response = HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(feed_limits.WINDOW)
    return response


class AppointmentCalendar(Access, View):
    """One visit as a file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = person(request)
        visit = get_object_or_404(Appointment.objects.visible_to(user, timezone.now()), pk=pk)
        file = calendar.file_of(visit, language=user.language)
        response = HttpResponse(file.content, content_type=file.media_type)
        response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
        return response
