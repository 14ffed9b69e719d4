"""Shutting a centre for a time, and the public holidays of its Land."""

from datetime import date, datetime

import holidays
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from common import civil
from journal import log
from services.models import Allocation, Appointment, Centre, Closure
from services.models.visits import AppointmentQuerySet


def close_centre(
    *,
    by: User | None,
    centre: Centre,
    starts_at: datetime,
    ends_at: datetime,
    reason: Closure.Reason = Closure.Reason.OTHER,
    name: str = "",
) -> Closure:
    """Shut a centre during ``[starts_at, ends_at)``; asking twice is one closure.

    No slot is offered and no booking taken in it from now on. Visits that are already booked
    stay as they are: ``affected_visits`` lists them.
    """
    span = DateTimeTZRange(starts_at, ends_at, "[)")
    with transaction.atomic():
        closure, new = Closure.objects.get_or_create(
            centre=centre, span=span, reason=reason, defaults={"name": name}
        )
        if new:
            _block_resources(closure)
            log.record(
                "services.centre_closed",
                by=by,
                subject=centre,
                data={"closure": closure.pk, "affected": affected_visits(closure).count()},
            )
    return closure


def affected_visits(closure: Closure) -> AppointmentQuerySet:
    """Booked visits that lie in the closure and need another time."""
    return (
        Appointment.objects.standing()
        .filter(centre=closure.centre_id, span__overlap=closure.span)
        .with_names()
        .order_by("span", "pk")
    )


def close_on_public_holidays(*, centre: Centre, first_day: date, last_day: date) -> int:
    """Write the public holidays of the centre's Land as closures; how many were new.

    Source: the ``holidays`` library, subdivision ISO 3166-2:DE.
    """
    years = range(first_day.year, last_day.year + 1)
    before = Closure.objects.filter(centre=centre).count()
    # The language is named: otherwise the machine's locale would decide it.
    found = holidays.country_holidays("DE", subdiv=centre.land, years=years, language="de")
    for day, name in sorted(found.items()):
        if first_day <= day <= last_day:
            starts_at, ends_at = civil.day_span(day, centre.zone)
            close_centre(
                by=None,
                centre=centre,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=Closure.Reason.PUBLIC_HOLIDAY,
                name=name[:120],
            )
    return Closure.objects.filter(centre=centre).count() - before


def _block_resources(closure: Closure) -> None:
    """The closure on every resource that is free: a booking that races it meets the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO services_allocation (resource_id, kind, span, active, closure_id, part)
               SELECT id, %s, %s, true, %s, '' FROM services_resource WHERE centre_id = %s ORDER BY id
               ON CONFLICT DO NOTHING""",
            [Allocation.Kind.CLOSURE, closure.span, closure.pk, closure.centre_id],
        )
