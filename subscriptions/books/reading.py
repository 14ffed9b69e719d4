"""What the books say: balances of a month, VAT to be paid, and who owes what on a day.

All from the entries alone, so that every figure is the sum of entries that can be looked at.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from subscriptions.billing import ledger
from subscriptions.models import BillingAccount, LedgerAccount, LedgerEntry


class Balance(NamedTuple):
    """An account in a span of days; cents, debit positive."""

    account: LedgerAccount
    debit: int
    credit: int

    @property
    def cents(self) -> int:
        return self.debit + self.credit


class VatTotal(NamedTuple):
    """Net and tax of one rate, as owed (credit) positive; cents."""

    code: str
    rate: Decimal
    net: int
    tax: int


def month_span(month: date) -> tuple[date, date]:
    """First day, and first day of the next month."""
    first = month.replace(day=1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def entries_in(first: date, end: date) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(transaction__booked_on__gte=first, transaction__booked_on__lt=end)


def balances(*, first: date, end: date) -> list[Balance]:
    """Every account with its turnover on the days ``[first, end)``. Two queries."""
    sides = entries_in(first, end).values("ledger_account").order_by()
    found = {
        row["ledger_account"]: (row["debit"] or 0, row["credit"] or 0)
        for row in sides.annotate(
            debit=Sum(Case(When(cents__gt=0, then="cents"), output_field=IntegerField())),
            credit=Sum(Case(When(cents__lt=0, then="cents"), output_field=IntegerField())),
        )
    }
    return [Balance(account, *found.get(account.pk, (0, 0))) for account in LedgerAccount.objects.all()]


def vat_totals(*, first: date, end: date) -> list[VatTotal]:
    """For the advance return of the month (UStG §18): net and tax per rate. One query."""
    sides = (LedgerAccount.Side.REVENUE, LedgerAccount.Side.ADVANCE, LedgerAccount.Side.FEES)
    taxed = entries_in(first, end).exclude(vat_code="").order_by()
    net = Case(When(ledger_account__side__in=sides, then=-F("cents")), default=Value(0))
    tax = Case(When(ledger_account__side=LedgerAccount.Side.TAX, then=-F("cents")), default=Value(0))
    rows = taxed.values("vat_code", "vat_rate").annotate(net=Coalesce(Sum(net), 0), tax=Coalesce(Sum(tax), 0))
    return [
        VatTotal(row["vat_code"], row["vat_rate"] or Decimal(0), row["net"], row["tax"])
        for row in rows.order_by("-vat_rate")
    ]


def debtors_on(day: date) -> QuerySet[BillingAccount]:
    """Accounts that owe something (or, below zero, have it to their credit) at the end of a Berlin day,
    each with its ``owed`` cents, as the books say."""
    owed = LedgerEntry.objects.filter(
        account=OuterRef("pk"), ledger_account__code=ledger.RECEIVABLES, transaction__booked_on__lte=day
    )
    total = owed.order_by().values("account").annotate(sum=Sum("cents")).values("sum")
    rows = BillingAccount.objects.select_related("holder", "organisation").annotate(owed=Subquery(total))
    return rows.filter(owed__isnull=False).exclude(owed=0).order_by("-owed", "pk")


def entries_of(*, account: LedgerAccount, first: date, end: date) -> QuerySet[LedgerEntry]:
    """The entries behind a balance, each with what leads to its document."""
    rows = entries_in(first, end).filter(ledger_account=account)
    return rows.select_related("transaction__invoice", "account").order_by("-transaction__booked_on", "-pk")
