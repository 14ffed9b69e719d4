"""The books: which account a thing belongs on, and booking in double entry."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction

from subscriptions.models import (
    BillingAccount,
    Invoice,
    InvoiceLine,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payment,
)

RECEIVABLES = "receivables"
ADVANCES = "advances"
# Where a charge's revenue goes; what is not named here is other revenue.
REVENUE_OF_CHARGE = {"workshop": "revenue-workshop", "deposit": ADVANCES, "fee": "dunning-fees"}
TAX_ACCOUNT = {"standard": "vat-standard", "reduced": "vat-reduced"}


class Entry(NamedTuple):
    """One side of a booking; debit is positive. In cents."""

    code: str
    account: BillingAccount | None
    cents: int
    vat_code: str = ""
    vat_rate: Decimal | None = None


def book(
    *,
    key: str,
    kind: str,
    booked_on: date,
    entries: Iterable[Entry | tuple[str, BillingAccount | None, int, str, Decimal | None]],
    invoice: Invoice | None = None,
    payment: Payment | None = None,
    now: datetime,
) -> LedgerTransaction:
    """Write one transaction of the books, entries of zero left out.

    ``booked_on`` is a civil day in Berlin. The database refuses what does not sum to zero, a key
    that was booked before and a day in a closed month (IntegrityError); ValueError for an uneven
    sum comes first. Within the caller's transaction.
    """
    rows = [entry for entry in (Entry(*given) for given in entries) if entry.cents]
    if sum(entry.cents for entry in rows):
        raise ValueError(f"{key} does not sum to zero")
    with transaction.atomic():
        booking = LedgerTransaction.objects.create(
            key=key, kind=kind, booked_on=booked_on, invoice=invoice, payment=payment, created_at=now
        )
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                transaction=booking,
                ledger_account_id=account_id(entry.code),
                account=entry.account,
                cents=entry.cents,
                vat_code=entry.vat_code,
                vat_rate=entry.vat_rate,
            )
            for entry in rows
        )
    return booking


@lru_cache
def account_id(code: str) -> int:
    """The account of the books with this code; they are seeded and never deleted.

    Raises LedgerAccount.DoesNotExist.
    """
    return LedgerAccount.objects.values_list("pk", flat=True).get(code=code)


def revenue_code(*, line_kind: str, plan_kind: str | None = None, charge_kind: str = "") -> str:
    """Which account the net of a line goes to."""
    if line_kind == InvoiceLine.Kind.DEDUCTION:
        return ADVANCES
    if charge_kind in REVENUE_OF_CHARGE:
        return REVENUE_OF_CHARGE[charge_kind]
    return f"revenue-{plan_kind}" if plan_kind else "revenue-other"
