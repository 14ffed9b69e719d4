"""Somebody is ill or on leave, a bay is under repair: who does their work, and what needs another time."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal import log
from services import live
from services.centres import displacing, spans
from services.centres.displacing import Outcome
from services.models import Absence, Allocation, Centre, Resource
from services.models.allocations import AbsenceQuerySet

CHANGE_DAY = "services.change_day"


class Entered(NamedTuple):
    """The absence, and what it did to visits that were booked."""

    absence: Absence
    outcome: Outcome


def absences_of(*, by: User) -> AbsenceQuerySet:
    """Those of the centres whose day ``by`` may change, taken back ones left out."""
    centres = Centre.objects.staffed_by(by, CHANGE_DAY)
    return (
        Absence.objects.standing()
        .filter(resource__centre__in=centres)
        .select_related("resource__centre", "entered_by")
    )


def reasons() -> list[tuple[str, Any]]:
    """What colleagues may choose; that a loan car is not back, the house says itself."""
    return [each for each in Absence.Reason.choices if each[0] != Absence.Reason.OVERDUE]


def enter_absence(
    *, by: User, resource: Resource, starts_at: datetime, ends_at: datetime, reason: str, now: datetime
) -> Entered:
    """The resource is away during ``[starts_at, ends_at)``; visits go to others or on the re-plan list.

    One transaction: the resource is blocked, what it held is taken away and, where somebody else
    with the skill is free at the same time, given to them. Nothing is lost: the rest has an open
    Displacement. Raises NotFound outside ``by``'s centres; Invalid (backward, too_long, past,
    unknown_reason); Conflict (try_again).
    """
    span = spans.checked(starts_at, ends_at)
    spans.check_ahead(span, now)
    if reason not in dict(reasons()):
        raise Invalid(_("There is no such reason."), code="unknown_reason", field="reason")
    _check_at_own_centre(by, resource)
    return write_absence(by=by, resource=resource, span=span, reason=reason, now=now)


def write_absence(
    *, by: User | None, resource: Resource, span: DateTimeTZRange, reason: str, now: datetime
) -> Entered:
    """As enter_absence, for callers that have asked for the right; ``by`` None is the house."""
    with transaction.atomic():
        displacing.lock_days(resource.centre, span)
        absence = Absence.objects.create(
            resource=resource, span=span, reason=reason, entered_by=by, entered_at=now
        )
        outcome = displacing.displace(
            centre=resource.centre, resources=[resource.pk], cause=absence, by=by, now=now
        )
        log.record(
            "services.absence_entered",
            by=by,
            subject=resource,
            data={
                "absence": absence.pk,
                "centre": resource.centre_id,
                "affected": outcome.displaced,
                "reassigned": outcome.reassigned,
            },
            at=now,
        )
        live.announce_span("absence.entered", resource.centre, span)
    return Entered(absence, outcome)


def cancel_absence(*, by: User, absence: Absence, now: datetime) -> Absence:
    """They are there after all: free from now on, and visits still without anybody are theirs again.

    Raises NotFound outside ``by``'s centres, Conflict (cancelled, over).
    """
    with transaction.atomic():
        found = (
            Absence.objects.filter(
                pk=absence.pk, resource__centre__in=Centre.objects.staffed_by(by, CHANGE_DAY)
            )
            .select_related("resource__centre")
            .first()
        )
        if found is None:
            raise NotFound(_("This absence was not found."))
        if found.reason == Absence.Reason.OVERDUE:
            raise Conflict(_("This ends by itself when the car is taken back."), code="car_out")
        return end_absence(by=by, absence=found, now=now)


def end_absence(*, by: User | None, absence: Absence, now: datetime) -> Absence:
    """As cancel_absence, for callers that have asked for the right; ``by`` None is the house."""
    resource = absence.resource
    with transaction.atomic():
        displacing.lock_days(resource.centre, absence.span)
        held = Absence.objects.select_for_update(of=("self",)).get(pk=absence.pk)
        if held.cancelled_at is not None:
            raise Conflict(_("This was taken back before."), code="cancelled")
        if held.span.upper <= now:
            raise Conflict(_("This absence is over."), code="over")
        held.cancelled_at = now
        held.save(update_fields=["cancelled_at"])
        Allocation.objects.filter(absence=held, active=True).update(active=False)
        displacing.give_back(held.displacements.all(), by=by, now=now)
        log.record(
            "services.absence_cancelled",
            by=by,
            subject=resource,
            data={"absence": held.pk, "centre": resource.centre_id},
            at=now,
        )
        live.announce_span("absence.cancelled", resource.centre, held.span)
    return held


def _check_at_own_centre(by: User, resource: Resource) -> None:
    if not by.has_permission("services.view_day", resource.centre):
        raise NotFound(_("This resource was not found."), field="resource")
    if not by.has_permission(CHANGE_DAY, resource.centre):
        raise NotAllowed(_("You may look at this day, but not change it."))
