"""Collected mails: one a day or a week with everything that was told since, instead of one each."""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import ngettext

from accounts.models import Notice, User
from accounts.telling import mail, notice_kinds, notice_times, notice_wishes
from journal import outbox
from journal.models import Event

CHANNEL = "notice-digest"


class Item(NamedTuple):
    title: str
    text: str
    link: str


def collect_due(*, now: datetime) -> int:
    """Queue the collected mail of everybody whose hour has come; how many mails that were.

    A run that was missed is made good by the next; one that is killed leaves each person either
    whole or untouched.
    """
    waiting = Notice.objects.filter(mail_waits=True).values_list("user_id", flat=True)
    readers = User.objects.filter(pk__in=waiting).select_related("notice_times").order_by("pk")
    return sum(_collect_for(reader, now=now) for reader in readers.iterator())


def _collect_for(reader: User, *, now: datetime) -> bool:
    times = getattr(reader, "notice_times", None)
    until = notice_times.last_digest_at(now, times=times, zone=notice_wishes.zone_of(reader))
    with transaction.atomic():
        due = list(
            Notice.objects.filter(user=reader, mail_waits=True, created_at__lte=until)
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("pk")
        )
        if not due:
            return False
        Notice.objects.filter(pk__in=[notice.pk for notice in due]).update(mail_waits=False)
        told = [notice.pk for notice in _without_replaced(due)]
        outbox.enqueue(CHANNEL, f"digest:{reader.pk}:{due[-1].pk}", {"user": reader.pk, "notices": told})
    return True


def deliver(stable_id: str, payload: dict[str, Any], *, now: datetime) -> None:
    """Send one collected mail: what the reader wants by now. Raises what the mail server raises."""
    reader = User.objects.filter(pk=payload["user"], is_active=True).first()
    if reader is None:
        return
    times, zone = notice_wishes.times_of(reader), notice_wishes.zone_of(reader)
    if until := notice_times.quiet_until(now, times=times, zone=zone):
        raise outbox.Later(until)
    notices = Notice.objects.filter(pk__in=payload["notices"], user=reader).order_by("pk")
    wanted = _kinds_wanted(reader, {notice.kind for notice in notices}, now=now)
    with mail.written_for(reader):
        items = [_item(each) for each in notices if each.kind in wanted and _holds(each, now)]
        if not items:
            return
        count = len(items)
        subject = ngettext("%(count)s message for you", "%(count)s messages for you", count)
        mail.send(
            stable_id=stable_id,
            to=reader.email,
            subject=subject % {"count": count},
            template="email/digest",
            html=True,
            context={"items": items, "title": subject % {"count": count}, "name": reader.display_name},
        )


def _holds(notice: Notice, now: datetime) -> bool:
    kind = notice_kinds.find_kind(notice.kind)
    return kind is None or kind.holds is None or kind.holds(notice, now)


def _kinds_wanted(reader: User, names: set[str], *, now: datetime) -> set[str]:
    kinds = [kind for name in names if (kind := notice_kinds.find_kind(name))]
    mail_channel = notice_wishes.Channel.MAIL
    return {
        kind.name
        for kind in kinds
        if mail_channel in notice_wishes.wanted_channels(user=reader, kind=kind, now=now)
    }


def _item(notice: Notice) -> Item:
    title, text = notice_kinds.words_of(notice)
    return Item(title, text, settings.PUBLIC_URL + notice.url if notice.url else "")


def _without_replaced(notices: list[Notice]) -> list[Notice]:
    """Booked, moved, moved again, cancelled: of one visit only the last is worth telling."""
    subjects = dict(
        Event.objects.filter(pk__in=[notice.event_id for notice in notices if notice.event_id]).values_list(
            "pk", "subject_id"
        )
    )
    last: dict[object, Notice] = {}
    for notice in notices:
        kind = notice_kinds.find_kind(notice.kind)
        subject = subjects.get(notice.event_id) if notice.event_id else None
        if kind is not None and kind.replaces and subject is not None:
            last[kind.replaces, subject] = notice
        else:
            last[notice.pk] = notice
    return sorted(last.values(), key=lambda notice: notice.pk)
