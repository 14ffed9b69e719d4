"""Every e-mail that the outbox delivers: one way to address it, lay it out and send it.

The codes of the sign-in are not among them: those go out at once, by allauth, to blocked addresses
too. Their person asked for one this minute, and without it cannot come in to mend the address.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.telling import bounces, notice_kinds, notice_times, notice_wishes
from accounts.telling.notice_kinds import Attachment
from common import brand
from common.writing import written_as
from journal import outbox


@contextmanager
def written_for(reader: User | None, *, language: str = "") -> Iterator[None]:
    """Words and times in the reader's language and zone; ``language`` (``de``) goes first.

    Nobody (an address without an account) reads the house's language and Berlin time.
    """
    zone = ZoneInfo(reader.time_zone if reader else settings.TIME_ZONE)
    words = language or (reader.language if reader else settings.LANGUAGE_CODE)
    style = reader.formats if reader else ""
    with translation.override(words), timezone.override(zone), written_as(style):
        yield


def send(
    *,
    stable_id: str,
    to: str | None,
    subject: str,
    template: str,
    context: dict[str, Any],
    html: bool = False,
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send one mail in the active language; sent twice, it has the same Message-ID.

    ``template`` is a path without its ending: the text, and with ``html`` the page beside it.
    Who gave no address is not written to, nor is an address that refuses us for good: the first
    refusal blocks it. Raises what else the mail server raises: the outbox tries again.
    """
    if not to or bounces.is_blocked(to):
        return
    values = {**context, "brand": brand.current(), "public_url": settings.PUBLIC_URL}
    sender = brand.sender()
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),  # a line break would end the header
        body=render_to_string(f"{template}.txt", values),
        from_email=settings.BOUNCE_EMAIL or sender,  # the envelope's; people see the header
        to=[to],
        headers={
            "From": sender,
            "Message-ID": bounces.message_id(stable_id=stable_id, to=to, host=_host()),
            "Auto-Submitted": "auto-generated",
        },
    )
    if html:
        letter.attach_alternative(render_to_string(f"{template}.html", values), "text/html")
    for each in attachments:
        letter.attach(each.name, each.content, each.media_type)
    try:
        letter.send()
    except SMTPRecipientsRefused as refused:
        bounces.take_refusal(to=to, refused=refused)


def send_notice(
    *,
    stable_id: str,
    to: str | None,
    title: str,
    text: str,
    link: str,
    reader: User | None,
    foot: str = "",
    foot_link: str = "",
    attachments: Sequence[Attachment] = (),
) -> None:
    """Send a title, a text and a link (a path on this site, or "") in the layout of notices.

    ``foot`` says below why it came, ``foot_link`` (a path) where that can be changed.
    """
    send(
        stable_id=stable_id,
        to=to,
        subject=title,
        template="email/notice",
        html=True,
        attachments=attachments,
        context={
            "title": title,
            "text": text,
            "link": settings.PUBLIC_URL + link if link else "",
            "name": reader.display_name if reader else "",
            "foot": foot,
            "foot_link": settings.PUBLIC_URL + foot_link if foot_link else "",
        },
    )


def deliver(stable_id: str, payload: dict[str, Any], *, now: datetime) -> None:
    """Send one notice to its reader, unless they want none of its kind by now.

    Raises outbox.Later in their quiet hours, and what the mail server raises.
    """
    notice = Notice.objects.select_related("user").filter(pk=payload["notice"]).first()
    if notice is None or not notice.user.is_active:
        return  # erased or left meanwhile: nobody to tell
    reader = notice.user
    if not may_go(notice, channel=notice_wishes.Channel.MAIL, now=now):
        return
    with written_for(reader):
        title, text = notice_kinds.words_of(notice)
        foot, foot_link = _why(notice)
        send_notice(
            stable_id=stable_id,
            to=reader.email,
            title=title,
            text=text,
            link=notice.url,
            reader=reader,
            foot=foot,
            foot_link=foot_link,
            attachments=_files(notice),
        )


def _files(notice: Notice) -> list[Attachment]:
    kind = notice_kinds.find_kind(notice.kind)
    return kind.attach(notice) if kind is not None and kind.attach is not None else []


def may_go(notice: Notice, *, channel: notice_wishes.Channel, now: datetime) -> bool:
    """Whether the notice still goes out by ``channel``. Raises outbox.Later in quiet hours."""
    kind = notice_kinds.find_kind(notice.kind)
    if kind is None:
        return channel == notice_wishes.Channel.MAIL  # its app is gone; what it told is still true
    if channel not in notice_wishes.wanted_channels(user=notice.user, kind=kind, now=now):
        return False
    if kind.holds is not None and not kind.holds(notice, now):
        return False
    if not kind.urgent:
        times, zone = notice_wishes.times_of(notice.user), notice_wishes.zone_of(notice.user)
        if until := notice_times.quiet_until(now, times=times, zone=zone):
            raise outbox.Later(until)
    return True


def _why(notice: Notice) -> tuple[str, str]:
    """Why this mail comes, and where its reader changes that (UWG §7(3) no. 4 for offers)."""
    kind = notice_kinds.find_kind(notice.kind)
    if kind is None or kind.required:
        return "", ""
    if kind.consent:
        return _("You allowed us to write this. You can withdraw it at any time:"), reverse(
            "accounts:consents"
        )
    return _("What reaches you by e-mail is up to you:"), reverse("accounts:notice-wishes")


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
