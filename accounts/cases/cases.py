"""Cases: opening one, and what is said in it.

Whoever may not see a case gets NotFound from all of these. ``expected`` is the version that
the writer saw: where somebody was faster, CaseMovedOn is raised and nothing is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts import scopes
from accounts.cases import clock
from accounts.cases import links as case_links
from accounts.cases.clock import is_overdue
from accounts.cases.errors import CaseClosed
from accounts.cases.handling import (
    REOPEN_WITHIN,
    assign,
    close_case,
    give,
    hand_over,
    open_again,
    reopen,
    require_open,
    take,
)
from accounts.cases.links import Link, LinkKind, Thing, reason_not_to_close, register_link_kind
from accounts.cases.locking import locked_for_customer, locked_for_staff, say, store
from accounts.cases.merging import merge_cases
from accounts.cases.queues import Queue, queue_named, register_queue, topics
from accounts.models import Case, CaseMessage, User
from common.codes import unused_code
from common.errors import Invalid, NotAllowed
from documents.models import Document
from journal import log

DESK = "accounts.enter_desk"


@dataclass(frozen=True)
class Contact:
    """How to reach somebody whom we do not know (yet): a name, and mail or phone."""

    name: str = ""
    email: str = ""
    phone: str = ""


def open_case(
    *,
    by: User | None,
    queue: str,
    title: str,
    text: str,
    customer: User | None = None,
    contact: Contact | None = None,
    links: Iterable[Link] = (),
    scope: models.Model | None = None,
    call_time: str = "",
    language: str = "",
    pictures: Sequence[Document] = (),
    now: datetime,
) -> Case:
    """Open a case, with the promise of its queue.

    ``customer`` is whose concern it is; without one, ``contact`` says how to reach them. ``by``
    is the customer, a colleague who wrote it down, or nobody: a guest, or the house. ``scope`` is
    the place it belongs to (a centre), by default that of its ``links``. ``call_time`` is one of
    Case.CallTime, where a call is wished. ``pictures`` are received uploads. Raises Invalid for
    what is missing, NotFound for things in ``links`` that are not the customer's, NotAllowed for
    opening another's without working at the desk.
    """
    known = queue_named(queue)
    if by is not None and by != customer and not by.has_permission(DESK):
        raise NotAllowed(_("Opening requests for others is not among your tasks."))
    reach, links = contact or Contact(), list(links)
    if known.is_call:
        call_time = call_time or Case.CallTime.SOON
    if known.scoped and scope is None:
        scope = case_links.place_of(links)
    _check(title, customer, reach, call_time)
    with transaction.atomic():
        case = Case.objects.create(
            code=unused_code(Case.objects.all()),
            queue=known.name,
            title=title.strip(),
            customer=customer,
            call_time=call_time,
            language=language,
            promised_by=clock.first_promise(known.name, now),
            opened_by=by,
            opened_at=now,
            **scopes.place_of(scope),
            **_reach(reach),
        )
        from_customer = by is None or (customer is not None and by.pk == customer.pk)
        say(case, by=by, text=text, from_customer=from_customer, pictures=pictures, now=now)
        log.record(
            "accounts.case_opened",
            by=by,
            subject=case,
            data={"code": case.code, "queue": case.queue, "promised_by": case.promised_by.isoformat()},
            audience=[customer] if customer else [],
            at=now,
        )
        case_links.add_links(by=by, case=case, links=links, now=now)
        store(case)
    return case


def _reach(contact: Contact) -> dict[str, str]:
    return {
        "contact_name": contact.name.strip(),
        "contact_email": contact.email.strip().lower(),
        "contact_phone": contact.phone.strip(),
    }


def topic_named(name: str) -> Queue:
    """A queue that customers can choose. Raises Invalid for any other name."""
    found = next((queue for queue in topics(for_guest=False) if queue.name == name), None)
    if found is None:
        raise Invalid(_("There is no such queue."), code="queue_unknown", field="queue")
    return found


def _check(title: str, customer: User | None, reach: Contact, call_time: str) -> None:
    if not title.strip():
        raise Invalid(_("Say in a few words what it is about."), code="title_missing", field="title")
    if customer is None and not (reach.email.strip() or reach.phone.strip()):
        raise Invalid(_("Tell us an e-mail address or a phone number."), code="unreachable", field="email")
    if call_time and not (reach.phone.strip() or (customer is not None and customer.phone)):
        raise Invalid(_("Tell us the number we shall call."), code="phone_missing", field="phone")


def reply(
    *,
    by: User,
    case: Case,
    text: str,
    pictures: Sequence[Document] = (),
    waits: bool = True,
    expected: int | None = None,
    now: datetime,
) -> CaseMessage:
    """Answer the customer, as a colleague.

    Then it is the customer's turn and the clock stands still; with ``waits`` False it goes on
    ("we are looking into it"). Whoever answers a case that nobody looks after, does so from now
    on. Raises CaseMovedOn, CaseClosed.
    """
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case, expected=expected)
        require_open(locked)
        message = say(locked, by=by, text=text, pictures=pictures, now=now)
        if locked.answered_at is None:
            locked.answered_at = now
        locked.has_news = False
        if locked.assignee_id is None:
            give(locked, by=by, to=by, now=now)
        log.record(
            "accounts.case_answered",
            by=by,
            subject=locked,
            data={"code": locked.code, "case_message": message.pk},
            audience=[locked.customer] if locked.customer else [],
            at=now,
        )
        if waits:
            clock.pause(locked, by=by, now=now)
        store(locked, "answered_at", "has_news", "assignee", *clock.FIELDS)
    return message


def write_to_case(
    *,
    by: User | None,
    case: Case,
    text: str,
    pictures: Sequence[Document] = (),
    mail_id: str | None = None,
    now: datetime,
) -> CaseMessage:
    """The customer writes; ``by`` None is a guest whose token was checked, or their mail.

    A closed case opens again within 30 days. Nobody's version is asked: the customer's words
    are never turned away. Raises CaseClosed after that time, NotFound for another's case.
    """
    with transaction.atomic():
        locked = locked_for_customer(by=by, case=case)
        fields = ["has_news", *clock.FIELDS]
        if locked.state == Case.State.CLOSED:
            if not can_write(locked, now):
                raise CaseClosed(_("This request was closed long ago. Please open a new one."))
            open_again(locked, by=by, now=now)
            fields.append("closed_at")
        require_open(locked)
        message = say(
            locked, by=by, text=text, from_customer=True, pictures=pictures, mail_id=mail_id, now=now
        )
        clock.resume(locked, by=by, now=now)
        locked.has_news = True
        log.record(
            "accounts.case_written",
            by=by,
            subject=locked,
            data={"code": locked.code, "case_message": message.pk},
            at=now,
        )
        store(locked, *fields)
    return message


def can_write(case: Case, now: datetime) -> bool:
    """Whether the customer's word is taken: in an open case, and 30 days after closing."""
    if case.closed_at is not None:
        return now <= case.closed_at + REOPEN_WITHIN
    return case.state != Case.State.MERGED


def note(
    *,
    by: User,
    case: Case,
    text: str,
    pictures: Sequence[Document] = (),
    expected: int | None = None,
    now: datetime,
) -> CaseMessage:
    """Write down something for colleagues only; also in a closed case."""
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case, expected=expected)
        message = say(locked, by=by, text=text, internal=True, pictures=pictures, now=now)
        log.record("accounts.case_noted", by=by, subject=locked, data={"case_message": message.pk}, at=now)
        store(locked, internal=True)
    return message


def promise(
    *, by: User, case: Case, promised_by: datetime, expected: int | None = None, now: datetime
) -> Case:
    """Agree on another time by which the customer hears from us (UTC). Raises Invalid for the past."""
    if promised_by <= now:
        raise Invalid(_("Choose a time in the future."), code="promise_in_the_past", field="promised_by")
    with transaction.atomic():
        locked = locked_for_staff(by=by, case=case, expected=expected)
        require_open(locked)
        clock.agree(locked, by=by, promised_by=promised_by, now=now)
        store(locked, *clock.FIELDS)
    return locked


__all__ = [
    "Contact",
    "Link",
    "LinkKind",
    "Queue",
    "Thing",
    "assign",
    "close_case",
    "hand_over",
    "is_overdue",
    "merge_cases",
    "note",
    "open_case",
    "promise",
    "reason_not_to_close",
    "register_link_kind",
    "register_queue",
    "reopen",
    "reply",
    "take",
    "topic_named",
    "write_to_case",
]
