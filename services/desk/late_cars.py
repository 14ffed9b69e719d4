"""Loan cars that are not back in time: whoever was to get them next is warned while there is time.

A late car is written down as away for the next day, like anything else that is not there: visits
that had booked it get another one where one is free, the rest is on the re-plan list. When the car
comes back, they have it again.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from services.centres import absences
from services.models import Absence, LoanHandover, Resource

FORGIVEN = timedelta(minutes=30)  # somebody stands in traffic
HELD = timedelta(days=1)  # from now: long enough to find another car by day
RENEWED = timedelta(hours=12)  # before what was written ends


def hold_late_cars(*, now: datetime) -> int:
    """Write down the cars that should be back; asking again adds only what is missing. How many."""
    known = Absence.objects.standing().filter(
        resource=OuterRef("car"), reason=Absence.Reason.OVERDUE, span__endswith__gt=now + RENEWED
    )
    late = LoanHandover.objects.out().filter(~Exists(known), due_at__lt=now - FORGIVEN)
    return sum(_hold(pk, now) for pk in late.order_by("pk").values_list("pk", flat=True))


def release_car(*, by: User, car: Resource, now: datetime) -> int:
    """The car is back: what was written ends, and visits that found no other car have it again."""
    found = list(_written(car).filter(span__endswith__gt=now).select_related("resource__centre"))
    for absence in found:
        absences.end_absence(by=by, absence=absence, now=now)
    return len(found)


def _written(car: Resource) -> QuerySet[Absence]:
    overdue = Absence.objects.standing().filter(resource=car, reason=Absence.Reason.OVERDUE)
    return overdue.order_by("span", "pk")


def _hold(handover_id: int, now: datetime) -> bool:
    with transaction.atomic():
        # Returned at this very moment: then there is nothing to write.
        handover = (
            LoanHandover.objects.out()
            .select_related("car__centre")
            .select_for_update(of=("self",))
            .filter(pk=handover_id)
            .first()
        )
        if handover is None:
            return False
        before = _written(handover.car).last()
        begins = max(now, before.span.upper) if before else now
        absences.write_absence(
            by=None,
            resource=handover.car,
            span=DateTimeTZRange(begins, now + HELD, "[)"),
            reason=Absence.Reason.OVERDUE,
            now=now,
        )
    return True
