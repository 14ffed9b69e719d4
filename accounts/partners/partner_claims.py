"""What partners are told beyond their scopes, if the person allows it: apps add what they know.

Asked each time a partner reads who somebody is, so that a withdrawal holds at once.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.consents import consents
from accounts.models import User

Tell = Callable[[User, datetime], dict[str, Any]]

PURPOSE = "partner_sharing"
_tellers: list[Tell] = []


def register_claims(tell: Tell) -> None:
    """From an app's apps.py: ``tell(user, now)`` gives claims by name, without anything of other people."""
    if tell not in _tellers:
        _tellers.append(tell)


def shared_claims(*, user: User, now: datetime) -> dict[str, Any]:
    """What the apps tell of this person; nothing unless they allow it at ``now`` (GDPR Art. 6(1)(a))."""
    if not consents.has_consent(user=user, purpose=PURPOSE, now=now):
        return {}
    return {name: value for tell in _tellers for name, value in tell(user, now).items()}
