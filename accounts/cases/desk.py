"""The desk: what colleagues read of the cases, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.cases import queues as case_queues
from accounts.cases.queues import Queue
from accounts.models import Case, CaseMessage, User
from accounts.models.cases import CaseQuerySet
from common.codes import parse_code
from common.errors import NotFound

HEAPS = ("all", "mine", "unassigned", "overdue", "news", "closed")


@dataclass(frozen=True)
class Search:
    """What of the desk somebody wants to see; everything may stay empty."""

    queue: str = ""
    heap: str = "all"
    words: str = ""


class QueueCount(NamedTuple):
    queue: Queue
    open: int
    overdue: int


class Counts(NamedTuple):
    """Open cases by queue, and by what they want of whom."""

    queues: list[QueueCount]
    all: int
    mine: int
    unassigned: int
    overdue: int
    news: int


def cases_of(user: User) -> CaseQuerySet:
    """All that this person works on, merged ones left out."""
    return Case.objects.filter(case_queues.handled_by(user)).unmerged()


def case_for(user: User, pk: int) -> Case:
    """One case with its people; a merged one leads to where it went. Raises NotFound."""
    rows = Case.objects.filter(case_queues.handled_by(user)).select_related(
        "customer", "assignee", "opened_by", "merged_into"
    )
    case = rows.filter(pk=pk).first()
    if case is None:
        raise NotFound(_("There is no such request."))
    return case


def search_cases(user: User, asked: Search, *, now: datetime) -> CaseQuerySet:
    """Our turn first, by promise; then those that wait for the customer; closed ones newest first."""
    found = cases_of(user).select_related("customer", "assignee")
    if asked.queue:
        found = found.filter(queue=asked.queue)
    if asked.words:
        found = with_words(found, asked.words)
    if asked.heap == "closed":
        return found.filter(state=Case.State.CLOSED).order_by("-closed_at", "-pk")
    # Words are looked for in closed cases, too.
    if not asked.words or asked.heap != "all":
        found = found.open().filter(_heap(asked.heap, user, now))
    return found.order_by(F("left_seconds").asc(nulls_first=True), "promised_by", "pk")


def _heap(name: str, user: User, now: datetime) -> Q:
    return {
        "mine": Q(assignee=user.pk),
        "unassigned": Q(assignee__isnull=True),
        "overdue": _overdue(now),
        "news": Q(has_news=True),
    }.get(name, Q())


def _overdue(now: datetime) -> Q:
    return Q(state=Case.State.OPEN, promised_by__lt=now)


def with_words(found: CaseQuerySet, words: str) -> CaseQuerySet:
    """By number where it is one; otherwise every word in title, contact, customer or messages."""
    code = parse_code(words)
    if code:
        # The number of a merged case finds where it went.
        return found.filter(Q(code=code) | Q(merged_cases__code=code)).distinct()
    for word in words.split()[:8]:
        said = CaseMessage.objects.filter(case=OuterRef("pk"), text__icontains=word)
        found = found.filter(
            Q(title__icontains=word)
            | Q(contact_name__icontains=word)
            | Q(contact_email__icontains=word)
            | Q(contact_phone__icontains=word)
            | Q(customer__first_name__icontains=word)
            | Q(customer__last_name__icontains=word)
            | Q(customer__email__icontains=word)
            | Exists(said)
        )
    return found


def count_cases(user: User, *, now: datetime) -> Counts:
    """What waits where: one read."""
    rows = (
        cases_of(user)
        .open()
        .values("queue")
        .annotate(
            open=Count("pk"),
            mine=Count("pk", filter=_heap("mine", user, now)),
            unassigned=Count("pk", filter=_heap("unassigned", user, now)),
            overdue=Count("pk", filter=_overdue(now)),
            news=Count("pk", filter=_heap("news", user, now)),
        )
        .order_by()
    )
    by_queue: dict[str, dict[str, Any]] = {row["queue"]: {**row} for row in rows}

    def total(name: str) -> int:
        return sum(int(row[name]) for row in by_queue.values())

    nothing = {"open": 0, "overdue": 0}
    return Counts(
        queues=[
            QueueCount(
                queue,
                by_queue.get(queue.name, nothing)["open"],
                by_queue.get(queue.name, nothing)["overdue"],
            )
            for queue in case_queues.queues_of(user)
        ],
        all=total("open"),
        mine=total("mine"),
        unassigned=total("unassigned"),
        overdue=total("overdue"),
        news=total("news"),
    )


def others_of_customer(user: User, case: Case) -> CaseQuerySet:
    """Open cases of the same person that this colleague works on, to merge with: newest first."""
    found = cases_of(user).open().exclude(pk=case.pk)
    if case.customer_id:
        found = found.filter(customer=case.customer_id)
    elif case.contact_email:
        found = found.filter(customer__isnull=True, contact_email=case.contact_email)
    else:
        found = found.filter(customer__isnull=True, contact_email="", contact_phone=case.contact_phone)
    return found.order_by("-opened_at", "-pk")
