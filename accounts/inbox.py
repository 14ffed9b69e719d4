"""The inbox: what a person was told, in their own language, with a mail where it matters.

Apps register their kinds in ``notices.py``; words are lazy texts with ``%(name)s`` places,
put together when they are read, so that a change of language changes old notices too.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from common import realtime
from journal import outbox
from journal.models import Event

MAIL_CHANNEL = "mail"


class NoticeKind(NamedTuple):
    name: str
    title: Any
    text: Any
    mail: bool
    shape: Callable[[dict[str, Any]], dict[str, Any]]
    group: str = "account"
    required: bool = False
    urgent: bool = False
    consent: str = ""
    replaces: str = ""


class Words(NamedTuple):
    title: str
    text: str


_kinds: dict[str, NoticeKind] = {}


def register_notice(
    kind: str,
    *,
    title: Any,
    text: Any = "",
    mail: bool = False,
    shape: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    group: str = "account",
    required: bool = False,
    urgent: bool = False,
    consent: str = "",
    replaces: str = "",
) -> None:
    """Called from an app's notices.py; ``mail`` sends an e-mail too, unless its reader wants none.

    ``shape`` turns the stored params (codes, cents, dates) into words in the active language.
    ``group`` (accounts/notice_groups.py) is what people switch per channel. A ``required`` kind
    (law, contract, security) is mailed whatever they switched, and never waits for a collected
    mail; an ``urgent`` one passes quiet hours too. ``consent`` names a purpose
    (accounts/consents.py) without which the kind leaves the house by no channel. In a collected
    mail, of the kinds that share a name in ``replaces`` only the last about one thing is told.
    """
    _kinds[kind] = NoticeKind(kind, title, text, mail, shape, group, required, urgent, consent, replaces)


def words_of(notice: Notice) -> Words:
    """Title and text in the active language. A kind whose app is gone still has a title."""
    kind = _kinds.get(notice.kind)
    if kind is None:
        return Words(_("Message"), "")
    params = _Lenient(kind.shape(notice.params))
    return Words(str(kind.title) % params, str(kind.text) % params)


class _Lenient(dict[str, Any]):
    """A notice written before its kind learnt a new place must stay readable."""

    def __missing__(self, key: str) -> str:
        return "…"


def notify(
    *,
    user: User,
    kind: str,
    params: Mapping[str, Any] | None = None,
    url: str = "",
    event: Event | None = None,
) -> Notice:
    """Tell a person something, exactly once per (person, kind, event).

    ``params`` are JSON values for the places in the kind's words; ``url`` is a path on this
    site. Saying it again about the same event returns the first notice and does nothing
    more. A mail, where the kind has one, goes through the outbox. Raises KeyError for a
    kind that nobody registered.
    """
    known = _kinds[kind]
    values = {"params": dict(params or {}), "url": url}
    with transaction.atomic():
        if event is None:
            notice, new = Notice.objects.create(user=user, kind=kind, **values), True
        else:
            notice, new = Notice.objects.get_or_create(
                user=user, kind=kind, event_id=event.pk, defaults=values
            )
        if new:
            _push_unread(user)
            if known.mail:
                outbox.enqueue(MAIL_CHANNEL, f"notice:{notice.pk}", {"notice": notice.pk})
    return notice


def unread_count(user: User) -> int:
    """How many notices the person has not read; the number beside the bell."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def mark_read(*, user: User, notice: Notice | None = None, now: datetime) -> int:
    """Mark one notice of the person, or all, as read; how many that changed."""
    unread = Notice.objects.visible_to(user).filter(read_at__isnull=True)
    if notice is not None:
        unread = unread.filter(pk=notice.pk)
    with transaction.atomic():
        changed = unread.update(read_at=now)
        if changed:
            _push_unread(user, quiet=True)
    return changed


def _push_unread(user: User, *, quiet: bool = False) -> None:
    """``quiet`` changes the number beside the bell without announcing anything."""
    message = {"type": "inbox", "id": user.pk, "unread": unread_count(user), "quiet": quiet}
    realtime.push(f"inbox:{user.pk}", message)


def may_watch(user: Any, topic: str) -> bool:
    """Only the person themselves: topic ``inbox:<user id>``."""
    return bool(user.is_authenticated) and topic == f"inbox:{user.pk}"


realtime.register_topic("inbox", may_watch)
