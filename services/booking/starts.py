"""At which instants a visit may begin, and what it then spans."""

from datetime import UTC, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from services.booking import availability
from services.booking.availability import Slot
from services.booking.plans import Plan
from services.models import Centre

STAFF_GRID = timedelta(minutes=5)
STAFF_LATE = timedelta(minutes=15)  # a walk-in is typed in while the car already stands there


def planned_slot(*, plan: Plan, starts_at: datetime) -> Slot:
    """The slot that a visit from the instant ``starts_at`` would fill; says nothing about its being free."""
    span = span_of(plan=plan, starts_at=starts_at)
    return Slot(span.lower, span.upper)


def check_start(
    *, centre: Centre, plan: Plan, starts_at: datetime, now: datetime, by_staff: bool = False
) -> None:
    """Raises Invalid: no_time_zone, past, too_soon, too_far or off_grid, for the instant ``starts_at``.

    Colleagues need no notice and see any horizon, but five-minute steps and nothing in the past
    either (a quarter of an hour is forgiven).
    """
    if starts_at.tzinfo is None:
        raise Invalid(_("The start needs a time zone."), code="no_time_zone", field="starts_at")
    if starts_at < (now - STAFF_LATE if by_staff else now):
        raise Invalid(_("This time is in the past."), code="past", field="starts_at")
    window = availability.booking_window(centre=centre, plan=plan, now=now)
    if not by_staff and starts_at < window.earliest:
        raise Invalid(
            _("Please book at least %(hours)s hours ahead.") % {"hours": plan.notice_hours},
            code="too_soon",
            field="starts_at",
        )
    if starts_at > window.latest and (not by_staff or starts_at > now + timedelta(days=365)):
        raise Invalid(
            _("This service can be booked up to %(days)s days ahead.") % {"days": plan.horizon_days},
            code="too_far",
            field="starts_at",
        )
    grid = STAFF_GRID if by_staff else timedelta(minutes=plan.grid_minutes)
    if starts_at.timestamp() % grid.total_seconds():
        raise Invalid(
            _("Appointments start every %(minutes)s minutes.") % {"minutes": int(grid.total_seconds() // 60)},
            code="off_grid",
            field="starts_at",
        )


def span_of(*, plan: Plan, starts_at: datetime) -> DateTimeTZRange:
    """From the begin of the first job to the end of the last, in UTC."""
    start = starts_at.astimezone(UTC)
    return DateTimeTZRange(start, start + plan.length, "[)")


def check_open(*, centre: Centre, span: DateTimeTZRange) -> None:
    """Raises Invalid (closed) unless the centre is open all the while."""
    if not availability.is_open(centre=centre, starts_at=span.lower, ends_at=span.upper):
        raise Invalid(_("The centre is closed at this time."), code="closed", field="starts_at")
