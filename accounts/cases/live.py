"""Telling those who look at a case or at a queue that something changed; who may look.

Two topics for one case: an internal note must not even be noticed by the customer.
"""

from typing import Any

from accounts.cases import queues
from accounts.models import Case
from common import realtime

CASE = "case"  # case:<id>, for its customer
DESK_CASE = "desk-case"  # desk-case:<id>, for staff: notes, too
DESK, ALL = "desk", "all"  # desk:<queue>, desk:all


def tell(case: Case, *, internal: bool = False) -> None:
    """After commit, have it fetched again; ``internal`` keeps it from the customer."""
    if not internal:
        realtime.push(f"{CASE}:{case.pk}", {"type": "case", "id": case.pk})
    message = {"type": "case", "id": case.pk, "version": case.version}
    realtime.push(f"{DESK_CASE}:{case.pk}", message)
    tell_queue(case.queue)


def tell_queue(name: str) -> None:
    """Something in the queue changed: which case is nobody's business who works in another place."""
    realtime.push(f"{DESK}:{name}", {"type": "desk", "id": name})
    # One topic for a page that shows many queues; it listens to the types of its own.
    realtime.push(f"{DESK}:{ALL}", {"type": name, "id": name})


def may_watch_case(user: Any, topic: str) -> bool:
    """Its customer."""
    case = _case_of(topic)
    return case is not None and user.is_authenticated and case.customer_id == user.pk


def may_watch_desk_case(user: Any, topic: str) -> bool:
    """Whoever works on it."""
    case = _case_of(topic)
    return case is not None and user.is_authenticated and queues.may_handle(user, case)


def may_watch_desk(user: Any, topic: str) -> bool:
    """Whoever works on the queue, in some place at least; all queues: whoever works on one."""
    name = topic.partition(":")[2]
    if not user.is_authenticated:
        return False
    return any(name in (queue.name, ALL) for queue in queues.queues_of(user))


def _case_of(topic: str) -> Case | None:
    number = topic.partition(":")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Case.objects.filter(pk=int(number)).first()


realtime.register_topic(CASE, may_watch_case)
realtime.register_topic(DESK_CASE, may_watch_desk_case)
realtime.register_topic(DESK, may_watch_desk)
