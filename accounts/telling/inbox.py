"""The inbox: what a person was told, in their own language, and by which ways it goes out to them.

Apps register their kinds in ``notices.py``; words are lazy texts with ``%(name)s`` places,
put together when they are read, so that a change of language changes old notices too.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Notice, NoticeTimes, PushSubscription, User
from accounts.telling import notice_kinds, notice_wishes
from accounts.telling.notice_kinds import NoticeKind, register_group, register_notice, words_of
from common import realtime
from journal import outbox
from journal.models import Event

MAIL_CHANNEL = "mail"
PUSH_CHANNEL = "push"
BATCH = 1000


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
    more. Mail and push, where kind and person want them, go through the outbox. Raises
    KeyError for a kind that nobody registered.
    """
    known = notice_kinds.kind_named(kind)
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
            _send_out(notice, known)
    return notice


def notify_many(*, users: Iterable[int], kind: str, url: str = "", event: Event) -> int:
    """Tell many people (ids) the same, in their inboxes only; how many rows that were.

    Once per person and event, like ``notify``; no mail, no push, no live number.
    """
    notice_kinds.kind_named(kind)
    rows = [Notice(user_id=pk, kind=kind, url=url, event_id=event.pk) for pk in users]
    Notice.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def unread_count(user: User) -> int:
    """How many notices the person has not read; the number beside the bell."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def notices_of(user: User, *, unread: bool = False, group: str = "") -> QuerySet[Notice]:
    """The person's notices, newest first; only unread ones, or one group's. An unknown group has none."""
    found = Notice.objects.visible_to(user).order_by("-pk")
    if unread:
        found = found.filter(read_at__isnull=True)
    if group:
        found = found.filter(kind__in=notice_kinds.kinds_of(group))
    return found


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


def _send_out(notice: Notice, kind: NoticeKind) -> None:
    """Into the outbox, or aside for the next collected mail. When it goes is decided at the door."""
    wanted = notice_wishes.wanted_channels(user=notice.user, kind=kind, now=notice.created_at)
    if notice_wishes.Channel.MAIL in wanted:
        if not (kind.required or kind.urgent) and _is_collected(notice.user):
            notice.mail_waits = True
            notice.save(update_fields=["mail_waits"])
        else:
            outbox.enqueue(MAIL_CHANNEL, f"notice:{notice.pk}", {"notice": notice.pk})
    if notice_wishes.Channel.PUSH in wanted:
        for pk in PushSubscription.objects.filter(user=notice.user).values_list("pk", flat=True):
            outbox.enqueue(
                PUSH_CHANNEL, f"notice:{notice.pk}:{pk}", {"notice": notice.pk, "subscription": pk}
            )


def _is_collected(user: User) -> bool:
    return NoticeTimes.objects.filter(user=user).exclude(digest=NoticeTimes.Digest.AT_ONCE).exists()


def _push_unread(user: User, *, quiet: bool = False) -> None:
    """``quiet`` changes the number beside the bell without announcing anything."""
    message = {"type": "inbox", "id": user.pk, "unread": unread_count(user), "quiet": quiet}
    realtime.push(f"inbox:{user.pk}", message)


def may_watch(user: Any, topic: str) -> bool:
    """Only the person themselves: topic ``inbox:<user id>``."""
    return bool(user.is_authenticated) and topic == f"inbox:{user.pk}"


realtime.register_topic("inbox", may_watch)

__all__ = [
    "MAIL_CHANNEL",
    "PUSH_CHANNEL",
    "mark_read",
    "may_watch",
    "notices_of",
    "notify",
    "notify_many",
    "register_group",
    "register_notice",
    "unread_count",
    "words_of",
]
