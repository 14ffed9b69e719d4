"""What the money's nouns bring to the house: kinds of documents and a step of the set-up."""

from django.utils.translation import gettext_lazy as _

from accounts.house import setup
from accounts.models import User
from documents import registry
from documents.models import Document
from subscriptions.payments import creditors, debit_files, mandate_papers, statements

KEEP_BOOKS = "subscriptions.keep_books"


def register() -> None:
    """From apps.py."""
    registry.register_kind(
        registry.DocumentKind(mandate_papers.PAPER, _("SEPA mandate"), mandate_papers.may_read)
    )
    registry.register_kind(registry.DocumentKind(debit_files.FILE, _("File for the bank"), _bookkeeper))
    registry.register_kind(
        registry.DocumentKind(statements.KIND, _("Bank statement"), _bookkeeper, keep=statements.WAITS)
    )
    setup.register_step(
        setup.Step(
            name="creditor",
            title=_("Bank and tax data"),
            text=_("Where customers pay to, and the tax number of every invoice."),
            url_name="subscriptions:setup-creditor",
            is_done=creditors.is_set_up,
            blocks=_("Nobody can pay you, and no direct debit is collected."),
            order=85,
            icon="receipt",
            optional=True,
        )
    )


def _bookkeeper(user: User, document: Document) -> bool:
    return bool(user.is_authenticated and user.has_permission(KEEP_BOOKS))
