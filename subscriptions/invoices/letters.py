"""Invoices by mail: as attachment of a notice, and to the mailbox that a company named for them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.telling import mail
from accounts.telling.notice_kinds import Attachment
from common.money import format_money
from subscriptions.invoices import making
from subscriptions.models import Invoice

MAILBOX = "invoice-mailbox"


def attachments_of(invoice_id: int) -> list[Attachment]:
    """The PDF, with the XML inside."""
    paper = making.find_paper(Invoice(pk=invoice_id))
    if paper is None:
        return []
    with paper.file.open("rb") as stored:
        return [Attachment(paper.file_name, stored.read(), paper.media_type)]


def send_to_mailbox(stable_id: str, payload: dict[str, Any]) -> None:
    """Mail the invoice to the address on it. Raises what the mail server raises."""
    invoice = Invoice.objects.get(pk=payload["invoice"])
    with mail.written_for(None, language=invoice.language):
        mail.send_notice(
            stable_id=stable_id,
            to=invoice.buyer.get("email"),
            title=f"{invoice.get_kind_display()} {invoice.code}: {format_money(invoice.gross_cents)}",
            text=_("It is attached as a PDF with the data for programs inside (EN 16931)."),
            link=reverse("subscriptions:invoice-detail", args=[invoice.pk]),
            reader=None,
            attachments=attachments_of(invoice.pk),
        )
