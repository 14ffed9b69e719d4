"""Giving up what will not be paid: the receivable goes, and the VAT with it (UStG §17(2) no. 1)."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict
from journal import log
from subscriptions.billing import ledger
from subscriptions.models import Invoice, LedgerTransaction, OpenItem, Payment
from subscriptions.payments import allocating, booking_days, debtors


def write_off(*, by: User, item: OpenItem, now: datetime) -> OpenItem:
    """Write off what is still open of an invoice; whoever keeps the books does.

    Raises Conflict when nothing is open, or while a payment is on its way.
    """
    with transaction.atomic():
        account = debtors.lock_account(item.account_id)
        held = OpenItem.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=item.pk)
        if held.open_cents <= 0:
            raise Conflict(_("Nothing of this invoice is open."), code="nothing_open")
        on_way = (Payment.State.PLANNED, Payment.State.SUBMITTED)
        if held.invoice.payments.filter(state__in=on_way).exists():
            raise Conflict(_("A payment is on its way for this invoice."), code="payment_on_its_way")
        cents = held.open_cents
        taxes = _tax_parts(held.invoice, cents)
        entries = [
            ledger.Entry("write-offs", account, cents - sum(part for _code, _rate, part in taxes)),
            ledger.Entry(ledger.RECEIVABLES, account, -cents),
        ]
        for code, rate, part in taxes:
            entries.append(ledger.Entry(ledger.TAX_ACCOUNT[code], account, part, code, rate))
        ledger.book(
            key=f"write-off:{held.pk}:{LedgerTransaction.objects.filter(invoice=held.invoice).count()}",
            kind=LedgerTransaction.Kind.WRITE_OFF,
            booked_on=booking_days.open_day(local_date(now)),
            entries=entries,
            invoice=held.invoice,
            now=now,
        )
        allocating.move(held, cents, now=now)
        data = {"account": account.pk, "amount": cents}
        log.record("subscriptions.written_off", by=by, subject=held.invoice, data=data, at=now)
    return held


def _tax_parts(invoice: Invoice, cents: int) -> list[tuple[str, Decimal, int]]:
    """Which VAT is in ``cents`` of this invoice: in proportion, rounded half up once per rate."""
    parts = []
    for tax in invoice.taxes:
        if tax["tax_cents"] and invoice.gross_cents:
            share = Decimal(tax["tax_cents"]) * cents / invoice.gross_cents
            part = int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))
            parts.append((tax["code"], Decimal(tax["rate"]), part))
    return parts
