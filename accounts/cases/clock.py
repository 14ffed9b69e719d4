"""The clock of a case: by when an answer is promised, the same for staff and customer.

All of these change a case that the caller has locked, and leave saving to the caller; each
change of the promise is in the journal.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.cases import opening
from accounts.cases.queues import queue_named
from accounts.models import Case, User
from journal import log

FIELDS = ["state", "promised_by", "left_seconds", "reminded_at"]
LEAST_LEFT = timedelta(hours=1)  # a colleague must have a real chance after the customer's answer
REMIND_BEFORE = timedelta(hours=1)  # of opening time


def first_promise(queue: str, now: datetime) -> datetime:
    """By when a new case of the queue is answered."""
    return opening.after(now, queue_named(queue).promise)


def is_overdue(case: Case, now: datetime) -> bool:
    """The promise has run out, and it is not the customer's turn."""
    return case.state == Case.State.OPEN and case.promised_by < now


def pause(case: Case, *, by: User | None, now: datetime) -> None:
    """The customer's turn: what is left stays as it is."""
    if case.state == Case.State.WAITING:
        return
    case.left_seconds = int(opening.between(now, case.promised_by).total_seconds())
    case.state = Case.State.WAITING
    _record(case, "waiting", by=by, now=now)


def resume(case: Case, *, by: User | None, now: datetime) -> None:
    """Our turn again, with what was left: at least an hour of opening time."""
    if case.state != Case.State.WAITING:
        return
    left = max(timedelta(seconds=case.left_seconds or 0), LEAST_LEFT)
    case.state, case.left_seconds = Case.State.OPEN, None
    _promise(case, opening.after_open_time(now, left), "resumed", by=by, now=now)


def restart(case: Case, *, by: User | None, now: datetime) -> None:
    """A reopened case has the whole promise of its queue before it."""
    case.state, case.left_seconds = Case.State.OPEN, None
    _promise(case, first_promise(case.queue, now), "reopened", by=by, now=now)


def agree(case: Case, *, by: User | None, promised_by: datetime, now: datetime) -> None:
    """A colleague tells the customer another time (UTC); it is our turn until then."""
    case.state, case.left_seconds = Case.State.OPEN, None
    _promise(case, promised_by, "agreed", by=by, now=now)


def _promise(case: Case, promised_by: datetime, why: str, *, by: User | None, now: datetime) -> None:
    case.promised_by, case.reminded_at = promised_by, None
    _record(case, why, by=by, now=now)


def _record(case: Case, why: str, *, by: User | None, now: datetime) -> None:
    waits = case.state == Case.State.WAITING
    log.record(
        "accounts.case_promised",
        by=by,
        subject=case,
        data={"why": why, "promised_by": None if waits else case.promised_by.isoformat()},
        at=now,
    )


def remind_of_promises(*, now: datetime) -> int:
    """Record which promises run out within an hour of opening time, each once; how many."""
    # A promise that close can lie behind a long weekend, never further.
    horizon = opening.after_open_time(now, REMIND_BEFORE)
    reminded = 0
    near = Case.objects.filter(state=Case.State.OPEN, reminded_at__isnull=True, promised_by__lte=horizon)
    for number in near.order_by("promised_by", "pk").values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            case = (
                Case.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=number, state=Case.State.OPEN, reminded_at__isnull=True, promised_by__lte=horizon)
                .first()
            )
            if case is None:
                continue
            case.reminded_at = now
            case.save(update_fields=["reminded_at"])
            data = {"promised_by": case.promised_by.isoformat()}
            log.record("accounts.case_promise_near", by=None, subject=case, data=data, at=now)
            reminded += 1
    return reminded
