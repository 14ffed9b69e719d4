"""The queues of the desk, registered by the apps; who works on which, and where."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Case, RoleGrant, User
from accounts.permissions import PERMISSIONS, Role
from common.errors import Invalid

Place = tuple[str, int]  # ("services.centre", 3)


@dataclass(frozen=True)
class Queue:
    """One heap of concerns.

    ``promise`` is read as accounts/cases/opening.py does: whole days are working days, the rest is
    opening time. ``permission`` names who works on it; with ``scoped`` they see only the cases
    of their own places (by their role grants). With ``topic`` a customer can choose it, in
    the order of ``place``; ``for_guests`` offers it without an account, too. ``is_call`` are concerns
    that always want a call.
    """

    name: str  # "services.callback"
    label: Any
    promise: timedelta
    permission: str
    scoped: bool = False
    topic: Any = None
    for_guests: bool = False
    is_call: bool = False
    place: int = 50


_queues: dict[str, Queue] = {}


def register_queue(queue: Queue) -> None:
    """From an app's apps.py. KeyError for a permission that the table does not have."""
    PERMISSIONS[queue.permission]
    _queues[queue.name] = queue


def all_queues() -> list[Queue]:
    return sorted(_queues.values(), key=lambda queue: (queue.place, queue.name))


def queue_named(name: str) -> Queue:
    """Raises Invalid for a queue that nobody registered."""
    if name not in _queues:
        raise Invalid(_("There is no such queue."), code="queue_unknown", field="queue")
    return _queues[name]


def topics(*, for_guest: bool) -> list[Queue]:
    """What a customer, or a guest, can choose a concern from."""
    return [q for q in all_queues() if q.topic is not None and (q.for_guests or not for_guest)]


def queues_of(user: User) -> list[Queue]:
    """Where this person works, in some place at least."""
    return [queue for queue in all_queues() if user.has_permission(queue.permission)]


def handled_by(user: User) -> Q:
    """The cases that a person may work on, as a condition; never those about themselves."""
    found = Q(pk__in=[])
    for queue in queues_of(user):
        places = _places(user, queue)
        one = Q(queue=queue.name)
        if places is not None:
            somewhere = Q(scope_id__isnull=True)
            for kind, number in places:
                somewhere |= Q(scope_kind=kind, scope_id=number)
            one &= somewhere
        found |= one
    return found & (Q(customer__isnull=True) | ~Q(customer=user.pk))


def may_handle(user: User, case: Case) -> bool:
    """Whether a person works on this case: the same rule for one."""
    if not user.is_authenticated or case.customer_id == user.pk or case.queue not in _queues:
        return False
    queue = _queues[case.queue]
    if not user.has_permission(queue.permission):
        return False
    places = _places(user, queue)
    return places is None or case.scope_id is None or (case.scope_kind, case.scope_id) in places


def people_of(queue: Queue, case: Case) -> list[User]:
    """Who works on this case's queue at its place. Two reads."""
    return [person for person in _holders([queue]) if may_handle(person, case)]


def colleagues_for(case: Case) -> list[User]:
    """Who works on any queue at the case's place: to hand it to. Two reads."""
    queues = all_queues()
    elsewhere = [
        Case(
            queue=queue.name,
            scope_kind=case.scope_kind,
            scope_id=case.scope_id,
            customer_id=case.customer_id,
        )
        for queue in queues
    ]
    return [person for person in _holders(queues) if any(may_handle(person, one) for one in elsewhere)]


def _holders(queues: list[Queue]) -> list[User]:
    roles = set().union(*(PERMISSIONS[queue.permission] for queue in queues))
    holders = User.objects.filter(
        is_active=True,
        pk__in=RoleGrant.objects.in_force().filter(role__in=roles).values("user"),
    )
    granted = RoleGrant.objects.in_force()
    found = list(
        holders.prefetch_related(Prefetch("role_grants", queryset=granted)).order_by(
            "last_name", "first_name", "pk"
        )
    )
    for person in found:
        person.grants = list(person.role_grants.all())  # what the property would read one by one
    return found


def _places(user: User, queue: Queue) -> set[Place] | None:
    """Where a person works on a queue; None is everywhere."""
    if not queue.scoped:
        return None
    roles = PERMISSIONS[queue.permission]
    held = [grant for grant in user.grants if Role(grant.role) in roles]
    if any(not grant.scope_kind for grant in held):
        return None
    return {(grant.scope_kind, grant.scope_id) for grant in held if grant.scope_id is not None}
