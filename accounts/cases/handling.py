"""What colleagues do with a case besides answering: take, give, close, open again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cases import clock, links, live, queues
from accounts.cases.errors import CaseClosed
from accounts.cases.locking import locked_for_customer, locked_for_staff, say, store
from accounts.models import Case, CaseMessage, User
from common.errors import Conflict, Invalid, NotFound
from documents.models import Document
from journal import log

REOPEN_WITHIN = timedelta(days=30)  # by the customer, after closing


def take(*, by: User, case: Case, now: datetime) -> Case:
    """Look after a case oneself. Raises Conflict when a colleague was faster."""
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case)
        require_open(locked)
        if locked.assignee_id == by.pk:
            return locked
        if locked.assignee_id is not None:
            raise Conflict(
                _("%(name)s looks after this request already.") % {"name": locked.assignee},
                code="case_taken",
            )
        give(locked, by=by, to=by, now=now)
        store(locked, "assignee", internal=True)
    return locked


def assign(*, by: User, case: Case, to: User | None, expected: int | None = None, now: datetime) -> Case:
    """Have a colleague look after a case, or nobody (``to`` None). Raises Invalid for somebody who
    does not work on its queue."""
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case, expected=expected)
        require_open(locked)
        if to is not None and not queues.may_handle(to, locked):
            raise Invalid(_("This person does not work on this queue."), code="not_on_queue", field="person")
        if locked.assignee_id != (to.pk if to else None):
            give(locked, by=by, to=to, now=now)
            store(locked, "assignee", internal=True)
    return locked


def hand_over(
    *,
    by: User,
    case: Case,
    reason: str,
    queue: str = "",
    person: User | None = None,
    expected: int | None = None,
    now: datetime,
) -> Case:
    """Pass a case on to a queue, a person or both, with the reason as an internal note.

    The promise to the customer stays, and so does the case's place. Raises Invalid for
    nothing to change, and for a person who does not work there.
    """
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case, expected=expected)
        require_open(locked)
        before, new = locked.queue, queues.queue_named(queue or locked.queue)
        if new.name == before and (person is None or person.pk == locked.assignee_id):
            raise Invalid(_("Choose another queue or another person."), code="nothing_changes", field="queue")
        locked.queue = new.name
        if person is not None and not queues.may_handle(person, locked):
            raise Invalid(_("This person does not work on this queue."), code="not_on_queue", field="person")
        locked.assignee, locked.has_news = person, True
        say(locked, by=by, text=reason, kind=CaseMessage.Kind.HAND_OVER, internal=True, now=now)
        log.record(
            "accounts.case_handed_over",
            by=by,
            subject=locked,
            data={"queue_before": before, "queue": new.name, "assignee": person.pk if person else None},
            at=now,
        )
        store(locked, "queue", "assignee", "has_news", internal=True)
        if before != new.name:
            live.tell_queue(before)
    return locked


def close_case(
    *,
    by: User | None,
    case: Case,
    summary: str = "",
    pictures: Sequence[Document] = (),
    expected: int | None = None,
    now: datetime,
) -> Case:
    """Close a case: by a colleague with a summary that the customer reads, by the customer
    ("it is settled") or by the house (``by`` None) with or without one.

    Raises CaseClosed when it is closed already, Conflict when one of its things must be dealt
    with first, Invalid for a colleague without a summary.
    """
    with transaction.atomic():
        if by is not None and by.pk == case.customer_id:
            locked = locked_for_customer(by=by, case=case)
        else:
            locked = locked_for_staff(by=by, case=case, expected=expected)
        require_open(locked)
        if reason := links.reason_not_to_close(locked):
            raise Conflict(reason, code="case_has_open_work")
        return _close(locked, by=by, summary=summary, pictures=pictures, now=now)


def _close(
    locked: Case, *, by: User | None, summary: str, pictures: Sequence[Document], now: datetime
) -> Case:
    by_customer = by is not None and by.pk == locked.customer_id
    said = None
    if summary.strip() or (by is not None and not by_customer):
        said = say(
            locked,
            by=by,
            text=summary,
            kind=CaseMessage.Kind.MESSAGE if by_customer else CaseMessage.Kind.SUMMARY,
            from_customer=by_customer,
            pictures=pictures,
            now=now,
        )
    locked.state, locked.closed_at, locked.left_seconds = Case.State.CLOSED, now, None
    locked.has_news = False
    if not by_customer and locked.answered_at is None:
        locked.answered_at = now
    log.record(
        "accounts.case_closed",
        by=by,
        subject=locked,
        data={"code": locked.code, "case_message": said.pk if said else None},
        audience=[locked.customer] if locked.customer else [],
        at=now,
    )
    store(locked, "state", "closed_at", "left_seconds", "has_news", "answered_at")
    return locked


def reopen(*, by: User, case: Case, reason: str, expected: int | None = None, now: datetime) -> Case:
    """A colleague opens a closed case again, with the reason as an internal note.

    Customers reopen by writing, see ``cases.write_to_case``. Raises Conflict when it is open.
    """
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case, expected=expected)
        if locked.state != Case.State.CLOSED:
            raise Conflict(_("This request is open already."), code="case_open")
        say(locked, by=by, text=reason, internal=True, now=now)
        open_again(locked, by=by, now=now)
        store(locked, "closed_at", *clock.FIELDS)
    return locked


def open_again(locked: Case, *, by: User | None, now: datetime) -> None:
    """The promise starts anew; storing is left to the caller."""
    locked.closed_at = None
    clock.restart(locked, by=by, now=now)
    log.record(
        "accounts.case_reopened",
        by=by,
        subject=locked,
        data={"code": locked.code},
        audience=[locked.customer] if locked.customer else [],
        at=now,
    )


def give(locked: Case, *, by: User | None, to: User | None, now: datetime) -> None:
    """Name who looks after it; storing is left to the caller."""
    before = locked.assignee_id
    locked.assignee = to
    data = {"before": before, "assignee": to.pk if to else None}
    log.record("accounts.case_assigned", by=by, subject=locked, data=data, at=now)


def require_open(locked: Case) -> None:
    """Raises NotFound for a merged case, CaseClosed for a closed one."""
    if locked.state == Case.State.MERGED:
        raise NotFound(_("This request went into another one."))
    if locked.state == Case.State.CLOSED:
        raise CaseClosed(_("This request is closed. Open it again first."))
