"""Shutting a centre for a time, and the public holidays of its Land."""

from datetime import date, datetime

import holidays
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, NotFound
from journal import log
from services import live
from services.centres import displacing, spans
from services.models import Allocation, Appointment, Centre, Closure
from services.models.centres import ClosureQuerySet
from services.models.visits import AppointmentQuerySet

CHANGE_DAY = "services.change_day"


def closures_of(*, by: User) -> ClosureQuerySet:
    """Those in force at the centres whose day ``by`` may change."""
    centres = Centre.objects.staffed_by(by, CHANGE_DAY)
    return Closure.objects.in_force().filter(centre__in=centres).select_related("centre")


def close_centre(
    *,
    by: User | None,
    centre: Centre,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    reason: Closure.Reason = Closure.Reason.OTHER,
    name: str = "",
) -> Closure:
    """Shut a centre during ``[starts_at, ends_at)``; asking twice is one closure.

    No slot is offered and no booking taken in it from now on. Visits that were booked lose what
    they held there, and each has an open Displacement: the re-plan list. A holiday on which the
    house decided to open stays open when it is written again. ``by`` None is the house itself.
    Raises NotFound outside ``by``'s centres, Invalid (backward, too_long), Conflict (try_again).
    """
    span = spans.checked(starts_at, ends_at)
    if by is not None:
        spans.check_ahead(span, now)
        if not by.has_permission(CHANGE_DAY, centre):
            raise NotFound(_("This centre was not found."), field="centre")
    with transaction.atomic():
        # The day first: closing and reopening the same span take turns.
        displacing.lock_days(centre, span)
        closure, new = Closure.objects.get_or_create(
            centre=centre, span=span, reason=reason, defaults={"name": name}
        )
        again = closure.cancelled_at is not None and by is not None
        if again:
            closure.cancelled_at, closure.name = None, name
            closure.save(update_fields=["cancelled_at", "name"])
        if new or again:
            _shut(closure, by, now)
    return closure


def reopen_centre(*, by: User, closure: Closure, now: datetime) -> Closure:
    """Open after all: visits that have found no other time yet keep theirs, where all is still free.

    Raises NotFound outside ``by``'s centres, Conflict (cancelled, over).
    """
    found = Closure.objects.filter(
        pk=closure.pk, centre__in=Centre.objects.staffed_by(by, CHANGE_DAY)
    ).select_related("centre")
    with transaction.atomic():
        seen = found.first()
        if seen is None:
            raise NotFound(_("This closure was not found."))
        displacing.lock_days(seen.centre, seen.span)
        held = found.select_for_update(of=("self",)).get()
        if held.cancelled_at is not None:
            raise Conflict(_("This was taken back before."), code="cancelled")
        if held.span.upper <= now:
            raise Conflict(_("This closure is over."), code="over")
        held.cancelled_at = now
        held.save(update_fields=["cancelled_at"])
        Allocation.objects.filter(closure=held, active=True).update(active=False)
        displacing.give_back(held.displacements.all(), by=by, now=now)
        log.record("services.centre_reopened", by=by, subject=held.centre, data={"closure": held.pk}, at=now)
        live.announce_span("centre.reopened", held.centre, held.span)
    return held


def affected_visits(closure: Closure) -> AppointmentQuerySet:
    """Booked visits that lie in the closure and need another time."""
    return (
        Appointment.objects.standing()
        .filter(centre=closure.centre_id, span__overlap=closure.span)
        .with_names()
        .order_by("span", "pk")
    )


def close_on_public_holidays(*, centre: Centre, first_day: date, last_day: date, now: datetime) -> int:
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
                now=now,
            )
    return Closure.objects.filter(centre=centre).count() - before


def _shut(closure: Closure, by: User | None, now: datetime) -> None:
    centre = closure.centre
    outcome = displacing.displace(
        centre=centre,
        resources=list(centre.resources.order_by("pk").values_list("pk", flat=True)),
        cause=closure,
        by=by,
        now=now,
    )
    log.record(
        "services.centre_closed",
        by=by,
        subject=centre,
        data={"closure": closure.pk, "affected": outcome.displaced},
        at=now,
    )
    live.announce_span("centre.closed", centre, closure.span)
