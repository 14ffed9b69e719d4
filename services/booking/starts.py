"""At which instants a visit may begin, and what it then spans."""

from datetime import UTC, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from services.booking import availability
from services.booking.availability import Slot
from services.models import Centre, ServiceType


def planned_slot(*, service_type: ServiceType, starts_at: datetime) -> Slot:
    """The slot that a visit from the instant ``starts_at`` would fill; says nothing about its being free."""
    span = span_of(service_type=service_type, starts_at=starts_at)
    return Slot(span.lower, span.upper)


def check_start(*, centre: Centre, service_type: ServiceType, starts_at: datetime, now: datetime) -> None:
    """Raises Invalid: no_time_zone, past, too_soon, too_far or off_grid, for the instant ``starts_at``."""
    if starts_at.tzinfo is None:
        raise Invalid(_("The start needs a time zone."), code="no_time_zone", field="starts_at")
    window = availability.booking_window(centre=centre, service_type=service_type, now=now)
    if starts_at < now:
        raise Invalid(_("This time is in the past."), code="past", field="starts_at")
    if starts_at < window.earliest:
        raise Invalid(
            _("Please book at least %(hours)s hours ahead.") % {"hours": service_type.notice_hours},
            code="too_soon",
            field="starts_at",
        )
    if starts_at > window.latest:
        raise Invalid(
            _("This service can be booked up to %(days)s days ahead.") % {"days": service_type.horizon_days},
            code="too_far",
            field="starts_at",
        )
    if starts_at.timestamp() % (service_type.grid_minutes * 60):
        raise Invalid(
            _("Appointments start every %(minutes)s minutes.") % {"minutes": service_type.grid_minutes},
            code="off_grid",
            field="starts_at",
        )


def span_of(*, service_type: ServiceType, starts_at: datetime) -> DateTimeTZRange:
    """What the workshop holds for such a visit, in UTC."""
    start = starts_at.astimezone(UTC)
    return DateTimeTZRange(start, start + timedelta(minutes=service_type.duration_minutes), "[)")


def check_open(*, centre: Centre, span: DateTimeTZRange) -> None:
    """Raises Invalid (closed) unless the centre is open all the while."""
    if not availability.is_open(centre=centre, starts_at=span.lower, ends_at=span.upper):
        raise Invalid(_("The centre is closed at this time."), code="closed", field="starts_at")
