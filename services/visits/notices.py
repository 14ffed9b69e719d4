"""What we tell people about a visit that is under way."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice
from common.templatetags.typography import clock, day


def moments(params: dict[str, Any]) -> dict[str, Any]:
    """``at`` (ISO, with the centre's ``zone``) and ``expected_on`` (a civil day) in the reader's words."""
    shaped = dict(params)
    if params.get("at"):
        with timezone.override(ZoneInfo(params["zone"])):
            moment = datetime.fromisoformat(params["at"])
            shaped["day"], shaped["time"] = day(moment), clock(moment)
    if params.get("expected_on"):
        shaped["day"] = day(date.fromisoformat(params["expected_on"]))
    return shaped


register_notice(
    "services.promise_changed",
    title=_("Your car will be ready on %(day)s at %(time)s"),
    text=_("The time at %(centre)s has changed: %(reason)s"),
    mail=True,
    shape=moments,
    group="service",
    replaces="promise",
)
register_notice(
    "services.waiting_parts",
    title=_("Your car waits for parts"),
    text=_("%(parts)s. As soon as we know when they come, you read it here."),
    shape=moments,
    group="service",
)
register_notice(
    "services.waiting_parts.expected",
    title=_("Your car waits for parts"),
    text=_("%(parts)s. We expect them on %(day)s."),
    shape=moments,
    group="service",
)
register_notice(
    "services.message_written.to_customer",
    title=_("The workshop wrote to you"),
    text=_("%(centre)s about your appointment %(code)s."),
    mail=True,
    group="service",
    replaces="visit_message",
)
register_notice(
    "services.message_written.to_team",
    title=_("%(who)s wrote about visit %(code)s"),
    text=_("%(service)s at %(centre)s."),
    group="service",
    replaces="visit_message",
)
register_notice(
    "services.thanked",
    title=_("%(who)s says thank you"),
    text=_("For %(service)s at %(centre)s, visit %(code)s."),
    group="service",
)
register_notice(
    "services.thanked.with_words",
    title=_("%(who)s says thank you"),
    text=_("For %(service)s at %(centre)s: “%(words)s”"),
    group="service",
)
