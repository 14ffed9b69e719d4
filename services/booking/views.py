"""What the pages that choose a time share. The three steps are in step_views.py."""

from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from services import live
from services.booking.availability import Slot
from services.booking.plans import Plan
from services.booking.week import Week, read_week
from services.forms import WeekForm
from services.models import Appointment, Centre, Hold


def person(request: HttpRequest) -> User:
    """Whoever asks; the page is behind the sign-in."""
    return cast(User, request.user)


def week_of(
    request: HttpRequest,
    centre: Centre,
    plan: Plan,
    hold: Hold | None = None,
    moving: Appointment | None = None,
) -> Week:
    """The week that the query string asks for; nonsense in it is as good as nothing.

    ``hold`` is the reader's own kept time: it counts as free, and as chosen when it is here; so does
    the time of the visit that is ``moving``, as free.
    """
    here = hold is not None and hold.centre_id == centre.pk
    asked = WeekForm(request.GET)
    asked.is_valid()
    wanted: dict[str, Any] = asked.cleaned_data
    return read_week(
        centre=centre,
        plan=plan,
        now=timezone.now(),
        first_day=wanted.get("week"),
        day=wanted.get("day"),
        starts_at=hold.span.lower if hold and here else wanted.get("starts_at"),
        besides=hold.pk if hold else None,
        moving=moving,
    )


def week_context(week: Week, centre: Centre, address: str, kept: dict[str, Any]) -> dict[str, Any]:
    """The week with a link for each thing one can choose; ``kept`` stays in every link."""

    def to(**changed: Any) -> str:
        return f"{address}?{urlencode({**kept, **changed}, doseq=True)}"

    first = next(iter(week.days))

    def slots(found: list[Slot]) -> list[dict[str, Any]]:
        return [
            {"slot": slot, "url": to(week=first, day=week.day, starts_at=instant_text(slot.starts_at)),
             "text": instant_text(slot.starts_at), "chosen": slot == week.chosen}
            for slot in found
        ]  # fmt: skip

    return {
        "week": week,
        "centre": centre,
        "days": [
            {"day": day, "free": free, "url": to(week=first, day=day), "open": day == week.day}
            for day, free in week.days.items()
        ],
        "morning": slots(week.morning),
        "afternoon": slots(week.afternoon),
        "earliest_url": to(
            week=_day(week.earliest, centre), starts_at=instant_text(week.earliest.starts_at)
        ) if week.earliest else "",
        "earliest_text": instant_text(week.earliest.starts_at) if week.earliest else "",
        "previous_url": to(week=week.previous) if week.previous else "",
        "next_url": to(week=week.next) if week.next else "",
        "live_topic": live.slots_topic(centre.pk),
    }  # fmt: skip


def instant_text(moment: datetime) -> str:
    return moment.isoformat()


def _day(slot: Slot, centre: Centre) -> date:
    return slot.starts_at.astimezone(centre.zone).date()


class WeekFragment:
    """Answers htmx and live refetches with the changing part of the page alone."""

    request: HttpRequest
    template_name: str
    fragment_name: str

    def get_template_names(self) -> list[str]:
        asked: HtmxDetails = self.request.htmx  # type: ignore[attr-defined]  # set by its middleware
        return [self.fragment_name if asked and not asked.history_restore_request else self.template_name]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        patch_vary_headers(response, ["HX-Request"])
        return response
