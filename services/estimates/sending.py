"""Sending an estimate to the customer, and what happens when nobody decides in time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Invalid
from services.estimates import pricing
from services.estimates.errors import NotOpen
from services.estimates.locking import (
    go_on,
    lock_for_staff,
    lock_of,
    require_running,
    store,
    tell,
    wait_for_approval,
)
from services.models import Appointment, Estimate

State = Estimate.State
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=30)
BATCH = 200


def send(*, by: User, estimate: Estimate, expires_at: datetime, note: str = "", now: datetime) -> Estimate:
    """Send a draft; the customer may decide until the instant ``expires_at``, and the car waits.

    Raises NotFound, NotAllowed, NotOpen, Conflict (visit_over), Invalid (empty, without_price,
    expiry).
    """
    with transaction.atomic():
        draft = lock_for_staff(by=by, estimate=estimate)
        require_running(draft.appointment)
        if draft.state != State.DRAFT:
            raise NotOpen
        if not now + SHORTEST <= expires_at <= now + LONGEST:
            raise Invalid(
                _("The customer needs at least 15 minutes and at most 30 days."),
                code="expiry",
                field="expires_at",
            )
        lines = list(draft.lines.prefetch_related("entries"))
        if not lines:
            raise Invalid(_("There is nothing to decide yet: please add a line."), code="empty")
        if any(not line.entries.all() for line in lines):
            raise Invalid(_("Each line needs labour or parts with a price."), code="without_price")
        draft.state, draft.sent_at, draft.expires_at = State.SENT, now, expires_at
        draft.note = note.strip()
        store(draft, "state", "sent_at", "expires_at", "note")
        tell(
            "sent",
            draft,
            by=by,
            now=now,
            lines=len(lines),
            cents=pricing.sum_of(lines).gross,
            expires_at=expires_at.isoformat(),
        )
        wait_for_approval(draft.appointment, by=by, now=now)
    return draft


def expire_due(*, now: datetime) -> int:
    """Close estimates that nobody decided in time; how many. May run at any time, many times."""
    due = Estimate.objects.filter(state=State.SENT, expires_at__lte=now).order_by("expires_at", "pk")
    expired = 0
    for number, visit_id in due.values_list("pk", "appointment_id")[:BATCH]:
        with transaction.atomic():
            visit = (
                Appointment.objects.select_related("centre", "service_type", "booked_by")
                .select_for_update(of=("self",))
                .get(pk=visit_id)
            )
            estimate = lock_of(visit, Estimate(pk=number, appointment=visit))
            if estimate.state != State.SENT:
                continue
            estimate.state = State.EXPIRED
            store(estimate, "state")
            tell("expired", estimate, by=None, now=now)
            go_on(visit, by=None, now=now)
            expired += 1
    return expired
