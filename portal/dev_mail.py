"""Mail of the development house: each message is a file that /dev/mail/ shows in the browser."""

import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NAME = re.compile(r"^[0-9]+-[0-9]+-[0-9]+$")
KEPT = 500


def folder() -> Path:
    """Where the messages lie: ``mail`` in PORTAL_HOME."""
    home = Path(os.environ.get("PORTAL_HOME") or settings.BASE_DIR / ".local")
    return home / "mail"


class MailFolderBackend(BaseEmailBackend):
    """Writes instead of sending. Several processes may write at once: names hold time and process."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        sent = 0
        for message in email_messages:
            name = f"{time.time_ns()}-{os.getpid()}-{sent}"
            unfinished = folder() / f"{name}.part"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(folder() / f"{name}.eml")
            sent += 1
        return sent


@dataclass(frozen=True)
class Mail:
    """One message as it is shown."""

    name: str
    subject: str
    sender: str
    to: str
    at: datetime | None
    text: str
    html: str


def newest(count: int = KEPT) -> list[Mail]:
    """The last messages, newest first."""
    if not folder().is_dir():
        return []
    files = sorted(folder().glob("*.eml"), key=lambda file: file.name, reverse=True)
    return [_read(file) for file in files[:count]]


def find(name: str) -> Mail | None:
    """One message by its name, or None."""
    file = folder() / f"{name}.eml"
    return _read(file) if NAME.match(name) and file.is_file() else None


def _read(file: Path) -> Mail:
    parsed = cast(ParsedMessage, message_from_bytes(file.read_bytes(), policy=policy.default))
    date = parsed["Date"]
    return Mail(
        name=file.stem,
        subject=str(parsed["Subject"] or ""),
        sender=str(parsed["From"] or ""),
        to=str(parsed["To"] or ""),
        at=_moment(str(date)) if date else None,
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
    )


def _moment(date: str) -> datetime:
    """A mail without a zone ("-0000", RFC 5322 §3.3) tells its time in UTC."""
    moment = parsedate_to_datetime(date)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _part(parsed: ParsedMessage, kind: str) -> str:
    part = parsed.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
