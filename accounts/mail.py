"""Every e-mail that the outbox delivers: one way to address it, lay it out and send it.

The codes of the sign-in are not among them: those go out at once, by allauth.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts import inbox
from accounts.models import Notice, User


@contextmanager
def written_for(reader: User | None, *, language: str = "") -> Iterator[None]:
    """Words and times in the reader's language and zone; ``language`` (``de``) goes first.

    Nobody (an address without an account) reads the house's language and Berlin time.
    """
    zone = ZoneInfo(reader.time_zone if reader else settings.TIME_ZONE)
    words = language or (reader.language if reader else settings.LANGUAGE_CODE)
    with translation.override(words), timezone.override(zone):
        yield


def send(
    *,
    stable_id: str,
    to: str | None,
    subject: str,
    template: str,
    context: dict[str, Any],
    html: bool = False,
) -> None:
    """Send one mail in the active language; sent twice, it has the same Message-ID.

    ``template`` is a path without its ending: the text, and with ``html`` the page beside it.
    Who gave no address is not written to. Raises what the mail server raises: the outbox tries again.
    """
    if not to:
        return
    values = {**context, "brand": settings.BRAND, "public_url": settings.PUBLIC_URL}
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),  # a line break would end the header
        body=render_to_string(f"{template}.txt", values),
        to=[to],
        headers={"Message-ID": _message_id(stable_id), "Auto-Submitted": "auto-generated"},
    )
    if html:
        letter.attach_alternative(render_to_string(f"{template}.html", values), "text/html")
    letter.send()


def send_notice(
    *, stable_id: str, to: str | None, title: str, text: str, link: str, reader: User | None
) -> None:
    """Send a title, a text and a link (a path on this site, or "") in the layout of notices."""
    send(
        stable_id=stable_id,
        to=to,
        subject=title,
        template="email/notice",
        html=True,
        context={
            "title": title,
            "text": text,
            "link": settings.PUBLIC_URL + link if link else "",
            "name": reader.display_name if reader else "",
        },
    )


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send one notice to its reader. Raises what the mail server raises."""
    notice = Notice.objects.select_related("user").filter(pk=payload["notice"]).first()
    if notice is None or not notice.user.is_active:
        return  # erased or left meanwhile: nobody to tell
    reader = notice.user
    with written_for(reader):
        title, text = inbox.words_of(notice)
        send_notice(
            stable_id=stable_id, to=reader.email, title=title, text=text, link=notice.url, reader=reader
        )


def _message_id(stable_id: str) -> str:
    """The same for every try, so that a mailbox shows it once (RFC 5322, 3.6.4)."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{stable_id.replace(':', '.')}@{host}>"
