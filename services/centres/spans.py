"""From civil days and wall clocks, as people type them, to spans of instants."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common import civil
from common.errors import Invalid

LONGEST = timedelta(days=366)


def typed_span(
    *, zone: ZoneInfo, first_day: date, begins: time | None, last_day: date, ends: time | None
) -> DateTimeTZRange:
    """From ``begins`` on the first day (none: midnight) to ``ends`` on the last (none: its end), in UTC.

    Raises Invalid (no_such_time) for a time that clocks skip.
    """
    try:
        start = civil.instant(first_day, begins, zone) if begins else civil.day_span(first_day, zone)[0]
        end = civil.instant(last_day, ends, zone) if ends else civil.day_span(last_day, zone)[1]
    except civil.NonexistentTime:
        raise Invalid(_("On this day clocks skip this time."), code="no_such_time", field="begins") from None
    return checked(start, end)


def typed_instant(*, zone: ZoneInfo, day: date, clock: time) -> datetime:
    """The instant of a wall-clock time, in UTC. Raises Invalid (no_such_time)."""
    try:
        return civil.instant(day, clock, zone)
    except civil.NonexistentTime:
        raise Invalid(
            _("On this day clocks skip this time."), code="no_such_time", field="own_time"
        ) from None


def checked(starts_at: datetime, ends_at: datetime) -> DateTimeTZRange:
    """``[starts_at, ends_at)``. Raises Invalid: no_time_zone, backward, too_long."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid(_("The time needs a time zone."), code="no_time_zone", field="starts_at")
    if ends_at <= starts_at:
        raise Invalid(_("The end lies before the beginning."), code="backward", field="last_day")
    if ends_at - starts_at > LONGEST:
        raise Invalid(_("This is longer than a year."), code="too_long", field="last_day")
    return DateTimeTZRange(starts_at, ends_at, "[)")


def check_ahead(span: DateTimeTZRange, now: datetime) -> None:
    """Raises Invalid (past): what is over can't be changed."""
    if span.upper <= now:
        raise Invalid(_("This time is over already."), code="past", field="last_day")


def typed_days(span: DateTimeTZRange, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last civil day that the span touches."""
    last = span.upper - timedelta(microseconds=1)
    return civil.local_date(span.lower, zone), civil.local_date(last, zone)
