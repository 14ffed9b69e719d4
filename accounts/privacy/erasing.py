"""Leaving (GDPR Art. 17): planned with days to think, carried out part by part, never undone.

The row of the person stays as an empty shell, so that what happened stays whole and what
others need stays readable. See docs/adr for why.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Erasure, User
from accounts.privacy import parts
from common.errors import Conflict, NotAllowed, NotFound
from journal import log

logger = structlog.get_logger(__name__)

DAYS_TO_THINK = 14


class ErasureHeld(Conflict):
    """Something must end first; ``holds`` say what."""

    code = "erasure_held"

    def __init__(self, holds: list[parts.Hold]) -> None:
        super().__init__(" ".join(str(hold.text) for hold in holds))
        self.holds = holds


class ErasurePlanned(Conflict):
    code = "erasure_planned"


def plan_of(user: User) -> Erasure | None:
    """The person's planned erasure, or None. One query."""
    return Erasure.objects.open().filter(user=user).first()


def request_erasure(*, by: User, now: datetime) -> Erasure:
    """Ask to have one's own account erased, in 14 days. Raises ErasureHeld, ErasurePlanned."""
    return _plan(by=by, user=by, reason=Erasure.Reason.ASKED, days=DAYS_TO_THINK, now=now)


def request_erasure_for(*, by: User, user: User, now: datetime) -> Erasure:
    """The same, asked through our staff (on the phone, by letter), who made sure who it is.

    Raises NotAllowed without the permission ``accounts.answer_data_requests``, and as
    ``request_erasure`` does.
    """
    if not by.has_permission("accounts.answer_data_requests"):
        raise NotAllowed(_("Only those who answer data requests can start a deletion."))
    return _plan(by=by, user=user, reason=Erasure.Reason.STAFF, days=DAYS_TO_THINK, now=now)


def plan_for_inactive(*, user: User, days: int, now: datetime) -> Erasure:
    """Plan it for an account that nobody used for long; its person is told, and again before."""
    return _plan(by=None, user=user, reason=Erasure.Reason.INACTIVE, days=days, now=now)


def _plan(*, by: User | None, user: User, reason: str, days: int, now: datetime) -> Erasure:
    if user.standing in (User.Standing.ERASED, User.Standing.MERGED):
        raise NotFound(_("There is no such person."))
    holds = parts.holds_of(user=user, now=now)
    if holds:
        raise ErasureHeld(holds)
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(
                user=user, reason=reason, requested_at=now, due_at=now + timedelta(days=days)
            )
            log.record(
                "accounts.erasure_planned",
                by=by,
                subject=user,
                data={"reason": str(reason), "due_at": erasure.due_at.isoformat()},
                audience=[user],
                at=now,
            )
    except IntegrityError as error:
        raise ErasurePlanned(_("The deletion of this account is planned already.")) from error
    return erasure


def cancel_erasure(*, by: User | None, user: User, now: datetime, why: str = "asked") -> Erasure:
    """Call a planned erasure off; nothing was erased yet. Raises NotFound when none is planned.

    Once the first part is gone there is no way back (Conflict ``erasure_begun``). ``why`` is a
    code for the journal: ``asked``, ``seen`` (an inactive account was used), ``held``.
    """
    with transaction.atomic():
        erasure = Erasure.objects.open().select_for_update(of=("self",)).filter(user=user).first()
        if erasure is None:
            raise NotFound(_("No deletion is planned."))
        if erasure.parts_done:
            raise Conflict(_("The deletion has begun and can't be stopped."), code="erasure_begun")
        erasure.cancelled_at = now
        erasure.save(update_fields=["cancelled_at"])
        log.record(
            "accounts.erasure_cancelled", by=by, subject=user, data={"why": why}, audience=[user], at=now
        )
    return erasure


def note_return(*, user: User, now: datetime) -> None:
    """An inactive account was used: what was planned for that reason is called off."""
    waiting = Erasure.objects.open().filter(user=user, reason=Erasure.Reason.INACTIVE, parts_done=[])
    if waiting.exists():
        cancel_erasure(by=user, user=user, now=now, why="seen")


def carry_out_due(*, now: datetime, limit: int = 100) -> int:
    """Carry out what is due by ``now``; how many accounts were erased. Safe to run twice at once."""
    due = Erasure.objects.open().filter(due_at__lte=now).order_by("due_at", "pk")
    return sum(carry_out(erasure_id=pk, now=now) for pk in list(due.values_list("pk", flat=True)[:limit]))


def carry_out(*, erasure_id: int, now: datetime) -> bool:
    """Erase one account part by part; whether it is done.

    Each part commits with its name on the plan, so that a killed worker's successor goes on
    after it. If something came in the way since (a new contract), the plan is called off.
    """
    erasure = Erasure.objects.open().select_related("user").filter(pk=erasure_id, due_at__lte=now).first()
    if erasure is None:
        return False
    if not erasure.parts_done and parts.holds_of(user=erasure.user, now=now):
        cancel_erasure(by=None, user=erasure.user, now=now, why="held")
        return False
    for part in reversed(parts.all_parts()):
        if not _erase_part(erasure, part, now):
            return False
    return _close(erasure, now)


def _erase_part(erasure: Erasure, part: parts.PersonalData, now: datetime) -> bool:
    """One part, once; False when the plan was called off meanwhile."""
    with transaction.atomic():
        held = _lock(erasure)
        if held is None:
            return False
        if part.name not in held.parts_done:
            # Read anew: an earlier part may have changed the person.
            part.erase(user=User.objects.get(pk=held.user_id), now=now)
            held.parts_done = [*held.parts_done, part.name]
            held.save(update_fields=["parts_done"])
    return True


def _close(erasure: Erasure, now: datetime) -> bool:
    with transaction.atomic():
        held = _lock(erasure)
        if held is None:
            return False
        held.done_at = now
        held.save(update_fields=["done_at"])
        data: dict[str, Any] = {"reason": str(held.reason), "parts": held.parts_done}
        log.record("accounts.erased", by=None, subject=held.user, data=data, at=now)
    logger.info("account_erased", user_id=held.user_id, reason=str(held.reason))
    return True


def _lock(erasure: Erasure) -> Erasure | None:
    return Erasure.objects.open().select_for_update(of=("self",)).filter(pk=erasure.pk).first()


__all__ = [
    "DAYS_TO_THINK",
    "ErasureHeld",
    "ErasurePlanned",
    "cancel_erasure",
    "carry_out",
    "carry_out_due",
    "note_return",
    "plan_for_inactive",
    "plan_of",
    "request_erasure",
    "request_erasure_for",
]
