"""Addresses that refuse our mail for good: told by the mail server at once, or by a report later.

A refusal that is about us (a policy, a relay that is not ours, a blocklist) is none of the address:
it stays an error that staff see. Nor is a full mailbox or anything else that passes.
"""

import re
from datetime import datetime, timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum
from smtplib import SMTPRecipientsRefused

from django.db import transaction
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import MailBlock, Notice, User
from accounts.telling import inbox
from common.errors import Conflict
from journal import log

REASON_LENGTH = 300
LARGEST_REPORT = 1_000_000  # bytes; what we look at of one
TRY_AGAIN_AFTER = timedelta(hours=1)
TRIED = "accounts.mail_tried"

# RFC 5321, 4.2.3: what a server says of a mailbox when it gives no status of RFC 3463.
MAILBOX_REFUSED = {550, 551, 553}
# RFC 3463: 5.1.x is the address, 5.2.1 a closed mailbox. 5.2.2 is full, 5.7.x a policy towards us.
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Report(StrEnum):
    """What became of a report."""

    BLOCKED = "blocked"
    NOT_FINAL = "not final"
    NOT_OURS = "not about a mail of ours"
    NOT_A_REPORT = "not a delivery report"


def is_blocked(email: str) -> bool:
    """Whether mail to this address is stopped."""
    return MailBlock.objects.filter(email=email.lower()).exists()


def block_of(user: User) -> MailBlock | None:
    """The block on the person's address, with the mail server's words."""
    return MailBlock.objects.filter(email=user.email).first() if user.email else None


def take_refusal(*, to: str, refused: SMTPRecipientsRefused) -> None:
    """Block an address that the server refused at RCPT for good; raise ``refused`` again otherwise."""
    code, said = next(iter(refused.recipients.values()))
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    if not is_for_good(code, words):
        raise refused
    block_address(email=to, reason=f"{code} {words}")


def take_report(message: bytes) -> Report:
    """Read a delivery report (RFC 3464) and block the address of the mail that it returns.

    Anybody may send us such a report, so it counts only with the Message-ID of a mail that we
    really sent to that address: it carries a seal that nobody else can make.
    """
    report = message_from_bytes(message[:LARGEST_REPORT])
    parts = list(report.walk()) if report.get_content_type() == "multipart/report" else []
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not statuses:
        return Report.NOT_A_REPORT
    returned = next((found for part in parts if (found := _returned(part)) is not None), None)
    to = parseaddr(str(returned["To"] or ""))[1] if returned is not None else ""
    if returned is None or not _is_ours(str(returned["Message-ID"] or ""), to):
        return Report.NOT_OURS
    reason = next((words for part in statuses for words in _final_words(part)), None)
    if reason is None:
        return Report.NOT_FINAL
    block_address(email=to, reason=reason)
    return Report.BLOCKED


def block_address(*, email: str, reason: str) -> MailBlock:
    """Stop all mail to an address and tell its person in their inbox, once."""
    with transaction.atomic():
        block, new = MailBlock.objects.get_or_create(
            email=email.lower(),
            defaults={"reason": " ".join(reason.replace("\0", "").split())[:REASON_LENGTH], "at": Now()},
        )
        person = User.objects.filter(email=email.lower(), is_active=True).first()
        if new and person is not None:
            log.record("accounts.mail_blocked", by=None, subject=person, audience=[person])
    return block


def try_again(*, by: User, now: datetime) -> None:
    """Lift the block on one's own address and send a mail there; another refusal blocks it again.

    Raises Conflict when it was tried within the last hour.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
        if Notice.objects.filter(user=by, kind=TRIED, created_at__gt=now - TRY_AGAIN_AFTER).exists():
            raise Conflict(
                _("We tried within the last hour. Please wait a little, or change the address."),
                code="mail_tried_lately",
            )
        lifted, __ = MailBlock.objects.filter(email=by.email).delete()
        if lifted:
            event = log.record("accounts.mail_unblocked", by=by, subject=by, audience=[by], at=now)
            inbox.notify(user=by, kind=TRIED, event=event)


def is_for_good(code: int, words: str) -> bool:
    """Whether a refusal (SMTP code and text) says that this address will never take mail."""
    if not 500 <= code < 600:
        return False
    status = STATUS.search(words)
    if status is None:
        return code in MAILBOX_REFUSED
    sort, subject, detail = status.groups()
    return sort == "5" and (subject == "1" or (subject, detail) == ("2", "1"))


def message_id(*, stable_id: str, to: str, host: str) -> str:
    """The same for every try, so that a mailbox shows it once (RFC 5322, 3.6.4), and sealed."""
    local = stable_id.replace(":", ".")
    return f"<{local}.{_seal(local, to)}@{host}>"


def _seal(local: str, to: str) -> str:
    return salted_hmac("accounts.bounces", f"{local} {to.lower()}").hexdigest()[:24]


def _is_ours(message_id: str, to: str) -> bool:
    local, __, seal = message_id.strip().lstrip("<").partition("@")[0].rpartition(".")
    return bool(to) and constant_time_compare(seal, _seal(local, to))


def _returned(part: Message) -> Message | None:
    """The mail, or its headers, that the report gives back."""
    if part.get_content_type() == "message/rfc822":
        inside = part.get_payload()
        return inside[0] if isinstance(inside, list) and isinstance(inside[0], Message) else None
    if part.get_content_type() == "text/rfc822-headers":
        raw = part.get_payload(decode=True)
        return message_from_string(raw.decode(errors="replace")) if isinstance(raw, bytes) else None
    return None


def _final_words(part: Message) -> list[str]:
    """Why, for each recipient that failed for good (RFC 3464, 2.3)."""
    blocks = part.get_payload()
    found = []
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message) or str(block["Action"] or "").strip().lower() != "failed":
            continue
        status, said = str(block["Status"] or ""), str(block["Diagnostic-Code"] or "")
        code = re.search(r"\b5\d\d\b", said)
        words = f"{status} {said.partition(';')[2].strip() or said}".strip()
        if is_for_good(int(code[0]) if code else 500, words):
            found.append(words)
    return found
