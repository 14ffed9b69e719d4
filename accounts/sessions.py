"""Where somebody is signed in: seeing it and ending it."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from journal import log


def sessions_of(user: User) -> QuerySet[UserSession]:
    """The person's known sessions, the last seen first."""
    return UserSession.objects.filter(user=user).order_by("-last_seen_at")


def end_sessions(*, by: User | None, user: User, keep: str = "") -> int:
    """Sign a person out everywhere at once, but for the session ``keep``; how many that were.

    Their open sockets close with them.
    """
    with transaction.atomic():
        ended = list(UserSession.objects.filter(user=user).exclude(session_key=keep))
        for session in ended:
            session.end()
        if ended:
            log.record(
                "accounts.sessions_ended", by=by, subject=user, data={"count": len(ended)}, audience=[user]
            )
    return len(ended)


def end_session(*, by: User | None, session: UserSession) -> None:
    """Sign a person out on one device; its open sockets close. Ending it twice changes nothing."""
    with transaction.atomic():
        held = UserSession.objects.select_for_update(of=("self",)).select_related("user")
        found = held.filter(pk=session.pk).first()
        if found is None:
            return
        found.end()
        log.record("accounts.session_ended", by=by, subject=found.user, audience=[found.user])


def note_seen(*, session_key: str, now: datetime) -> None:
    """Remember that a session is in use."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=now)
