"""Notices as e-mail: what the outbox's channel "mail" delivers."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts import inbox
from accounts.models import Notice


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send one notice in its reader's language; a mail sent twice has the same Message-ID.

    Raises what the mail server raises: the outbox tries again.
    """
    notice = Notice.objects.select_related("user").filter(pk=payload["notice"]).first()
    if notice is None or not notice.user.is_active:
        return  # erased or left meanwhile: nobody to tell
    with translation.override(notice.user.language):
        words = inbox.words_of(notice)
        context = {
            "notice": notice,
            "reader": notice.user,
            "title": words.title,
            "text": words.text,
            "link": settings.PUBLIC_URL + notice.url if notice.url else "",
            "brand": settings.BRAND,
            "public_url": settings.PUBLIC_URL,
        }
        mail = EmailMultiAlternatives(
            subject=words.title.replace("\n", " "),
            body=render_to_string("email/notice.txt", context),
            to=[notice.user.email],
            headers={"Message-ID": message_id(stable_id), "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("email/notice.html", context), "text/html")
    mail.send()


def message_id(stable_id: str) -> str:
    """The same for every try, so that a mailbox shows it once (RFC 5322, 3.6.4)."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{stable_id.replace(':', '.')}@{host}>"
