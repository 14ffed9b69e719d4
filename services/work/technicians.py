"""What technicians see of their own row: shifts, absences, what they may do, and who sees them."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import NotFound
from journal import log
from services.models import Absence, Resource, Shift

PAST = timedelta(days=30)  # absences are readable this long after they end


class WorkingDay(NamedTuple):
    """A civil day with the shifts worked on it by the centre's wall clock; none: free."""

    day: date
    shifts: list[Shift]


def show_to_customers(*, by: User, resource: Resource, shown: bool, now: datetime) -> Resource:
    """Technicians themselves say whether customers see their name and photo; nobody else can.

    Said twice, it changes nothing more. Raises NotFound for a row that is not ``by``'s.
    """
    with transaction.atomic():
        held = (
            Resource.objects.select_for_update(of=("self",))
            .filter(pk=resource.pk, user=by, kind__in=Resource.Kind.people())
            .first()
        )
        if held is None:
            raise NotFound(_("This was not found."))
        if (held.shown_since is not None) == shown:
            return held
        held.shown_since = now if shown else None
        held.save(update_fields=["shown_since"])
        log.record(
            "services.name_shown" if shown else "services.name_hidden",
            by=by,
            subject=held,
            data={"centre": held.centre_id},
            audience=[by],
            at=now,
        )
    return held


def working_days(*, resource: Resource, first_day: date, days: int) -> list[WorkingDay]:
    """The shifts of so many civil days from ``first_day``, absences not taken off. One read."""
    shifts = list(resource.shifts.order_by("weekday", "starts"))
    return [
        WorkingDay(
            day,
            [each for each in shifts if each.weekday == day.isoweekday() and day in _Days(each)],
        )
        for day in civil.days(first_day, days)
    ]


def absences_of(*, resource: Resource, now: datetime) -> QuerySet[Absence]:
    """Those that are planned, under way or over for less than 30 days, in order."""
    return resource.absences.filter(cancelled_at__isnull=True, span__endswith__gt=now - PAST).order_by("span")


class _Days:
    """Whether a day is within a shift's validity: PostgreSQL's ``[)`` with open ends."""

    def __init__(self, shift: Shift) -> None:
        self.first, self.end = shift.valid.lower, shift.valid.upper

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)
