"""Making an invoice's papers once, and finding them again."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.privacy import keeping
from documents import papers as house_papers
from documents import rights
from documents.models import Document
from subscriptions.invoices import papers, sellers
from subscriptions.invoices.einvoice import Means
from subscriptions.models import BillingAccount, Invoice, InvoiceLine
from subscriptions.payments import girocode, mandates

PDF = "subscriptions.invoice"
XML = "subscriptions.invoice_xml"
YEARS = 8  # UStG §14b(1), AO §147(3)
PERMISSIONS = ("subscriptions.view_desk", "subscriptions.keep_books")


def make_papers(*, invoice: Invoice, now: datetime) -> Document:
    """The PDF/A-3 and its XML, kept for eight years; asked again, the PDF that is there.

    Raises Conflict (seller_incomplete) while the set-up misses what UStG §14(4) asks for.
    """
    with transaction.atomic():
        rows = Invoice.objects.select_for_update(of=("self",), no_key=True)
        held = rows.select_related("account", "corrects").get(pk=invoice.pk)
        found = find_paper(held)
        if found is not None:
            return found
        lines = list(held.lines.order_by("position"))
        means = means_of(held)
        made = papers.papers_of(
            invoice=held,
            lines=lines,
            seller=sellers.current(),
            means=means,
            refers_to=refers_to(held, lines),
            girocode=girocode.svg_for(held) if means.kind == "transfer" else "",
            now=now,
        )
        _keep(held, XML, made.xml, "application/xml", now)
        return _keep(held, PDF, made.pdf, "application/pdf", now)


def _keep(invoice: Invoice, kind: str, content: bytes, media_type: str, now: datetime) -> Document:
    """Nobody's by name: who may see the invoice sees its papers, and they outlast an account."""
    with translation.override(invoice.language):
        name = _("%(kind)s %(code)s") % {"kind": invoice.get_kind_display(), "code": invoice.code}
    if invoice.issued_on is None:
        raise ValueError("a draft has no papers")
    return house_papers.keep_file(
        kind=kind,
        content=content,
        media_type=media_type,
        name=name,
        owner=None,
        about=invoice,
        now=now,
        keep_until=keeping.end_of_year_after(invoice.issued_on, years=YEARS),
    )


def find_paper(invoice: Invoice, kind: str = PDF) -> Document | None:
    """The kept PDF (or XML); None while it is being made."""
    return Document.objects.about(invoice).filter(kind=kind).first()


def means_of(invoice: Invoice) -> Means:
    """How the account pays on the day of issue."""
    account = invoice.account
    if invoice.gross_cents <= 0:
        return Means("none")
    if account.pay_by == BillingAccount.PayBy.DEBIT:
        mandate = mandates.active_mandate(account)
        if mandate is not None:
            return Means("debit", mandate.reference, mandate.iban)
    if account.pay_by == BillingAccount.PayBy.CARD:
        return Means("card")
    return Means("transfer")


def refers_to(invoice: Invoice, lines: list[InvoiceLine]) -> list[Invoice]:
    """What the document corrects, and the advance invoices that it deducts."""
    found = [invoice.corrects] if invoice.corrects is not None else []
    deducted = {line.component for line in lines if line.kind == InvoiceLine.Kind.DEDUCTION}
    if deducted:
        found += Invoice.objects.filter(account=invoice.account_id, code__in=deducted).order_by("pk")
    return found


def may_read(user: User, document: Document) -> bool:
    """Whose invoice it is, and who keeps the books or sits at the customers' desk."""
    if not user.is_authenticated:
        return False
    if any(user.has_permission(name) for name in PERMISSIONS):
        return True
    return rights.about_id_in(Invoice.objects.visible_to(user), document)
