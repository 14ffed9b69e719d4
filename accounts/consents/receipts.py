"""Receipts of consents by mail, on request: what was allowed or taken back, when and in which words."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.consents import consents
from accounts.models import ConsentEntry, User
from accounts.telling import mail
from common import civil
from common.errors import NotFound
from journal import outbox

CHANNEL = "consent-receipt"


def receipt(*, user: User, code: str) -> ConsentEntry:
    """One entry of the person's own log. Raises NotFound for others'."""
    entry = consents.entries_of(user).filter(code=code).first()
    if entry is None:
        raise NotFound(_("There is no such receipt."))
    return entry


def mail_receipt(*, by: User, code: str, now: datetime) -> ConsentEntry:
    """Queue the receipt as a mail to its person, once per receipt and Berlin day.

    Raises NotFound for a receipt that is not theirs.
    """
    entry = receipt(user=by, code=code)
    with transaction.atomic():
        outbox.enqueue(CHANNEL, f"consent:{entry.pk}:{civil.local_date(now):%Y%m%d}", {"entry": entry.pk})
    return entry


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send one receipt. Raises what the mail server raises."""
    entry = ConsentEntry.objects.select_related("user", "text").filter(pk=payload["entry"]).first()
    if entry is None or not entry.user.is_active:
        return
    with mail.written_for(entry.user):
        subject = (
            _("Receipt %(code)s: consent given") if entry.given else _("Receipt %(code)s: consent withdrawn")
        )
        mail.send(
            stable_id=stable_id,
            to=entry.user.email,
            subject=subject % {"code": entry.code},
            template="email/consent",
            context={"entry": entry, "name": entry.user.display_name},
        )
