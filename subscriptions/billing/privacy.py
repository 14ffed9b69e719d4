"""The billing part of a person's data. Invoices and books are kept as they are: locked, not erased.

Invoices for eight years, the books for ten (AO §147(3), HGB §257(4), UStG §14b).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import keeping
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from common.money import format_money
from subscriptions.invoices import making
from subscriptions.models import (
    BillingAccount,
    BillingChunk,
    BillingRun,
    Charge,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    LedgerTransaction,
    MonthClose,
    OpenItem,
)

Row = dict[str, Any]
PART = "billing"
BASIS = "AO § 147, HGB § 257, UStG § 14b"
YEARS = 10


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("invoices", _("Your invoices"), lambda: _invoices(user))
    yield Sheet("charges", _("What will be on your next invoice"), lambda: _charges(user), table=True)
    for invoice in Invoice.objects.issued().filter(account__holder=user).order_by("pk"):
        if paper := making.find_paper(invoice):
            yield Attached(f"{paper.pk}-{paper.file_name}", paper.file)


def _invoices(user: User) -> Iterator[Row]:
    mine = Invoice.objects.issued().filter(account__holder=user)
    for invoice in mine.select_related("open_item").prefetch_related("lines").order_by("pk"):
        item = getattr(invoice, "open_item", None)
        yield {
            "number": invoice.code,
            "kind": invoice.get_kind_display(),
            "date": invoice.issued_on,
            "due": invoice.due_on,
            "made_out_to": invoice.buyer,
            "net_cents": invoice.net_cents,
            "tax_cents": invoice.tax_cents,
            "gross_cents": invoice.gross_cents,
            "open_cents": item.open_cents if item else 0,
            "currency": invoice.currency,
            "lines": [
                {
                    "what": line.text,
                    "quantity": line.quantity,
                    "amount_cents": line.amount_cents,
                    "vat_rate": line.vat_rate,
                    "service": line.service,
                }
                for line in invoice.lines.all()
            ],
        }


def _charges(user: User) -> Iterator[Row]:
    for charge in Charge.objects.waiting().filter(account__holder=user).order_by("pk"):
        yield {
            "what": charge.text,
            "quantity": charge.quantity,
            "amount_cents": charge.amount_cents,
            "service": charge.service,
            "since": charge.created_at,
        }


def holds(*, user: User, now: datetime) -> Iterable[Hold]:
    items = OpenItem.objects.filter(account__holder=user, settled_at__isnull=True)
    for item in items.select_related("invoice").order_by("due_on", "pk"):
        if item.open_cents > 0:
            said = _("The invoice %(code)s is open with %(amount)s: it has to be paid first.")
        else:
            said = _("The credit note %(code)s of %(amount)s has to be paid out first.")
        told = {"code": item.invoice.code, "amount": format_money(abs(item.open_cents))}
        url = reverse("subscriptions:invoice-detail", args=[item.invoice_id])
        yield Hold("invoice_open", said % told, url)


def lock(*, user: User, now: datetime) -> None:
    """Invoices point at an empty shell; to whom they were made out is locked away beside them."""
    issued = Invoice.objects.issued().filter(account__holder=user).order_by("issued_on", "pk")
    last = issued.aggregate(day=Max("issued_on"))["day"]
    if last is None:
        return
    keeping.lock_away(
        user=user,
        part=PART,
        basis=BASIS,
        until=keeping.end_of_year_after(last, years=YEARS),
        content={**keeping.identity_of(user), "invoices": list(issued.values_list("code", flat=True))},
        now=now,
    )


KEPT: dict[type[models.Model], Fate] = dict.fromkeys(
    (
        BillingAccount,
        BillingRun,
        BillingChunk,
        Charge,
        Invoice,
        InvoiceLine,
        OpenItem,
        LedgerTransaction,
        LedgerEntry,
        MonthClose,
    ),
    Fate.KEPT,
)
register_part(
    PersonalData(
        name=PART,
        label=_("Invoices"),
        models=KEPT,
        export=export,
        erase=lock,
        holds=holds,
        place=64,
        stays=_(
            "Invoices as they were issued, with the name and address on them, and the books: for ten years "
            "after the end of the year, because tax and commercial law want it (AO § 147, HGB § 257)."
        ),
    )
)
