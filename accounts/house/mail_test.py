"""A letter to oneself, and what the mail server said to it."""

import smtplib
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.house import brand as house
from accounts.models import User
from common import brand
from journal import log


class Outcome(NamedTuple):
    """``answer`` is what the server said, or why it could not be asked."""

    taken: bool
    answer: str


def server() -> str:
    """Where mails go, as the environment says."""
    backend = settings.EMAIL_BACKEND.rpartition(".")[2]
    if "smtp" in settings.EMAIL_BACKEND:
        return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return backend


def send_test(*, to: User, now: datetime) -> Outcome:
    """Send one letter now. A server that refuses or is away is an outcome, not an error.

    Raises NotAllowed without the right to set up the house.
    """
    house.require_right(to)
    letter = EmailMessage(
        subject=_("Test letter from %(brand)s") % {"brand": brand.current()["name"]},
        body=_("This letter shows that %(brand)s can send e-mail. You need not do anything.")
        % {"brand": brand.current()["name"]},
        from_email=brand.sender(),
        to=[to.email or ""],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        answer = _hand_over(letter)
    except smtplib.SMTPResponseException as error:
        return Outcome(False, f"{error.smtp_code} {_words(error.smtp_error)}")
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        return Outcome(False, f"{code} {_words(said)}")
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(False, str(error) or type(error).__name__)
    with transaction.atomic():
        log.record("accounts.mail_tested", by=to, subject=to, at=now)
    return Outcome(True, answer)


def _hand_over(letter: EmailMessage) -> str:
    link: Any = get_connection()
    if not isinstance(link, EmailBackend):
        link.send_messages([letter])
        return _("Taken by %(server)s.") % {"server": server()}
    link.open()
    try:
        smtp: Any = link.connection
        smtp.mail(_address(letter.from_email))
        code, said = smtp.rcpt(letter.to[0])
        if code not in (250, 251):
            raise smtplib.SMTPRecipientsRefused({letter.to[0]: (code, said)})
        code, said = smtp.data(b"\r\n".join(letter.message().as_bytes().splitlines()))
        if code != 250:
            raise smtplib.SMTPDataError(code, said)
        return f"{code} {_words(said)}"
    finally:
        link.close()


def _address(sender: str) -> str:
    return sender.rpartition("<")[2].rstrip(">")


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
