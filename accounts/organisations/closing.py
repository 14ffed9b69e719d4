"""The end of an organisation: nobody acts for it any more, and its history stays.

What must end first, apps above know: each registers what it holds (its cars, its contracts).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import MemberInvitation, Membership, Organisation, User
from accounts.organisations.errors import OrganisationInUse
from accounts.organisations.organisations import lock_organisation, require_administrator
from common import realtime
from journal import log

# (organisation, now) -> what has to end first, each in words
Look = Callable[[Organisation, datetime], Iterable[Any]]
_looks: dict[str, Look] = {}


def register_hold(name: str, look: Look) -> None:
    """From an app's apps.py: what it holds of an organisation that keeps it from being closed."""
    _looks[name] = look


def holds_of(organisation: Organisation, now: datetime) -> list[str]:
    """What has to end before the organisation can be closed, in words; empty when nothing has to."""
    return [str(words) for look in _looks.values() for words in look(organisation, now)]


def close_organisation(*, by: User, organisation: Organisation, now: datetime) -> Organisation:
    """Close it: all memberships end at once, open sockets included, and open invitations with them.

    Its name, members, cars and contracts of the past stay as they were; its VAT id is free for
    a new one. Each member is told. Raises OrganisationNotFound for people who are no members and
    for a closed one, NotAllowed for other roles, OrganisationInUse while cars or contracts are
    its own.
    """
    with transaction.atomic():
        locked = lock_organisation(organisation)
        require_administrator(by=by, organisation=locked)
        if holds := holds_of(locked, now):
            raise OrganisationInUse(holds)
        members = list(Membership.objects.in_force().filter(organisation=locked).select_related("user"))
        Membership.objects.filter(pk__in=[held.pk for held in members]).update(ended_at=now)
        waiting = locked.invitations.filter(outcome="")
        waiting.update(outcome=MemberInvitation.Outcome.WITHDRAWN, closed_at=now)
        locked.closed_at = now
        locked.save(update_fields=["closed_at"])
        log.record(
            "accounts.organisation_closed",
            by=by,
            subject=locked,
            data={"count": len(members)},
            audience=[held.user for held in members],
            at=now,
        )
        for held in members:
            realtime.recheck(held.user_id)
    return locked
