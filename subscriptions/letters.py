"""Confirmations and receipts in text form, by mail, with everything in them (BGB §126b)."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import mail
from subscriptions.models import Contract, Declaration

CONFIRMATION = "contract-confirmation"
RECEIPT = "declaration-receipt"


def confirm_contract(stable_id: str, payload: dict[str, Any]) -> None:
    """Mail the holder the terms exactly as ordered. Raises what the mail server raises."""
    contract = Contract.objects.select_related("holder").get(pk=payload["contract"])
    with translation.override(contract.language):
        subject = _("Your contract %(code)s") % {"code": contract.code}
        _send(stable_id, subject, "email/contract.txt", contract.holder.email, {"contract": contract})


def confirm_declaration(stable_id: str, payload: dict[str, Any]) -> None:
    """Mail the receipt with content, date and time (BGB §312k(4), §356a(4))."""
    declaration = Declaration.objects.select_related("answer").get(pk=payload["declaration"])
    with translation.override(declaration.language):
        titles = {
            Declaration.Kind.CANCEL: _("We have received your cancellation (%(code)s)"),
            Declaration.Kind.WITHDRAW: _("We have received your withdrawal (%(code)s)"),
        }
        subject = titles[Declaration.Kind(declaration.kind)] % {"code": declaration.code}
        _send(stable_id, subject, "email/declaration.txt", declaration.email, {"declaration": declaration})


def _send(stable_id: str, subject: str, template: str, to: str, context: dict[str, Any]) -> None:
    values = {**context, "brand": settings.BRAND, "public_url": settings.PUBLIC_URL}
    EmailMessage(
        subject=subject,
        body=render_to_string(template, values),
        to=[to],
        headers={"Message-ID": mail.message_id(stable_id), "Auto-Submitted": "auto-generated"},
    ).send()
