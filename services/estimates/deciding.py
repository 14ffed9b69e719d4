"""The customer's word, line by line: online, or on the phone to a colleague. It is said once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from services.desk import workday
from services.estimates import pricing
from services.estimates.errors import Expired, NotOpen, reason_closed
from services.estimates.locking import go_on, lock_of, lock_visit, require_running, store, tell
from services.models import Appointment, Estimate, EstimateLine
from services.visits import concerned
from vehicles.models import Ownership

Decision, State, Channel = EstimateLine.Decision, Estimate.State, Estimate.Channel


def needs_early_start(visit: Appointment, now: datetime) -> bool:
    """Whether the customer must ask expressly that we begin within the withdrawal period.

    For paid work that a consumer orders from afar (BGB §§356(4), 357a(2)); each estimate is an order
    of its own. An organisation's car is no consumer's.
    """
    return not Ownership.objects.filter(
        vehicle=visit.vehicle_id, period__contains=now, organisation__isnull=False
    ).exists()


def decide(
    *,
    by: User,
    estimate: Estimate,
    approved: Iterable[int],
    cents: int | None = None,
    early_start: bool = False,
    now: datetime,
) -> Estimate:
    """The customer orders the lines with these ids and refuses the others.

    ``cents`` is the gross sum that they saw; another one is refused. Raises NotFound, NotAllowed
    for whoever does not pay, AlreadyDecided, Replaced, Expired, Invalid (unknown_line,
    early_start_needed), Conflict (other_sum, visit_over).
    """
    with transaction.atomic():
        visit = lock_visit(concerned.shared_with(by, now), estimate.appointment_id)
        held = lock_of(visit, estimate)
        if held.state == State.DRAFT:  # for the customer there is none yet
            raise NotFound(_("There is no such estimate."))
        if by.pk not in {person.pk for person in concerned.payers_of(visit, now)}:
            raise NotAllowed(_("Only whoever pays for the visit can decide this."), code="not_payer")
        chosen = _require_open(held, approved, now)
        total = pricing.sum_of(chosen).gross
        if cents is not None and cents != total:
            raise Conflict(_("The sum has changed. Please look at it again."), code="other_sum")
        if total and needs_early_start(visit, now):
            if not early_start:
                raise Invalid(
                    _("Please confirm that we may begin before the withdrawal period is over."),
                    code="early_start_needed",
                    field="early_start",
                )
            if visit.early_start_at is None:
                visit.early_start_at = now
                visit.save(update_fields=["early_start_at"])
        _store(held, chosen, by=by, through=Channel.PAGE, cents=total, now=now)
    return held


def note_decision(*, by: User, estimate: Estimate, approved: Iterable[int], now: datetime) -> Estimate:
    """A colleague writes down what the customer said on the phone; the customer is told.

    Raises NotFound, NotAllowed, AlreadyDecided, Replaced, Expired, NotOpen, Invalid, Conflict.
    """
    with transaction.atomic():
        visit = workday.locked_visit(by=by, appointment=estimate.appointment)
        held = lock_of(visit, estimate)
        if held.state == State.DRAFT:
            raise NotOpen
        chosen = _require_open(held, approved, now)
        total = pricing.sum_of(chosen).gross
        _store(held, chosen, by=by, through=Channel.PHONE, cents=total, now=now)
    return held


def _require_open(held: Estimate, approved: Iterable[int], now: datetime) -> list[EstimateLine]:
    """The lines that are approved, of an estimate that waits for its decision."""
    require_running(held.appointment)
    if held.state != State.SENT:
        raise reason_closed(held.state)
    if held.expires_at is None or now >= held.expires_at:  # the job that closes it comes a little later
        raise Expired
    wanted = set(approved)
    chosen = list(held.lines.filter(pk__in=wanted).prefetch_related("entries"))
    if len(chosen) != len(wanted):
        raise Invalid(_("This estimate has no such line."), code="unknown_line", field="lines")
    return chosen


def _store(
    held: Estimate, chosen: list[EstimateLine], *, by: User, through: str, cents: int, now: datetime
) -> None:
    ids = [line.pk for line in chosen]
    held.lines.filter(pk__in=ids).update(decision=Decision.APPROVED)
    refused = held.lines.exclude(pk__in=ids).update(decision=Decision.REFUSED)
    held.state, held.decided_at, held.decided_by, held.decided_through = State.DECIDED, now, by, through
    store(held, "state", "decided_at", "decided_by", "decided_through")
    tell(
        "decided",
        held,
        by=by,
        now=now,
        through=str(through),
        approved=len(ids),
        refused=refused,
        cents=cents,
    )
    go_on(held.appointment, by=by, now=now)
