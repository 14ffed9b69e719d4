"""Confirmations and receipts in text form, by mail, with everything in them (BGB §126b)."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.telling import mail
from accounts.telling.notice_kinds import Attachment
from subscriptions.contracts import papers
from subscriptions.models import Contract, ContractChange, Declaration

CONFIRMATION = "contract-confirmation"
RECEIPT = "declaration-receipt"
CHANGED = "contract-change"


def confirm_contract(stable_id: str, payload: dict[str, Any]) -> None:
    """Mail whoever ordered the terms exactly as ordered, as text and as a PDF to keep.

    Raises what the mail server raises.
    """
    contract = Contract.objects.select_related("holder", "organisation").get(pk=payload["contract"])
    reader = contract.holder or User.objects.filter(pk=payload.get("person", 0), is_active=True).first()
    if reader is None:
        return
    paper = papers.paper_of(contract=contract)
    with paper.file.open("rb") as kept:
        attached = Attachment(paper.file_name, kept.read(), paper.media_type)
    with mail.written_for(reader, language=contract.language):
        mail.send(
            stable_id=stable_id,
            to=reader.email,
            subject=_("Your contract %(code)s") % {"code": contract.code},
            template="email/contract",
            context={"contract": contract, "name": reader.display_name},
            attachments=[attached],
        )


def confirm_change(stable_id: str, payload: dict[str, Any]) -> None:
    """Mail whoever agreed to a change its words as they were shown (BGB §312f(2))."""
    change = ContractChange.objects.select_related("contract").get(pk=payload["change"])
    reader = User.objects.filter(pk=payload["person"], is_active=True).first()
    if reader is None:
        return
    with mail.written_for(reader, language=change.contract.language):
        mail.send(
            stable_id=stable_id,
            to=reader.email,
            subject=_("Your contract %(code)s changes") % {"code": change.contract.code},
            template="email/contract_change",
            context={"change": change, "name": reader.display_name},
        )


def confirm_declaration(stable_id: str, payload: dict[str, Any]) -> None:
    """Mail the receipt with content, date and time (BGB §312k(4), §356a(4)); in Berlin time."""
    declaration = Declaration.objects.select_related("answer").get(pk=payload["declaration"])
    with mail.written_for(None, language=declaration.language):
        titles = {
            Declaration.Kind.CANCEL: _("We have received your cancellation (%(code)s)"),
            Declaration.Kind.WITHDRAW: _("We have received your withdrawal (%(code)s)"),
        }
        mail.send(
            stable_id=stable_id,
            to=declaration.email,
            subject=titles[Declaration.Kind(declaration.kind)] % {"code": declaration.code},
            template="email/declaration",
            context={"declaration": declaration, "name": declaration.name},
        )
