"""Whose money a line of the bank is: by our own reference, an invoice's number, or account and amount."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from journal import log
from subscriptions.models import (
    BankLine,
    BillingAccount,
    DebitFile,
    Invoice,
    Mandate,
    NumberSeries,
    OpenItem,
    Payment,
    Refund,
)
from subscriptions.payments import allocating

UNKNOWN_REASON = "MS03"  # "not specified" (ISO 20022 external code list)
MOST_SUGGESTED = 5
TAKEN_BACK = (Payment.State.SUBMITTED, Payment.State.SUCCEEDED)
EXPECTED = (Payment.State.PLANNED, Payment.State.SUBMITTED)


@dataclass(frozen=True)
class Match:
    """What a line is about, and why one may believe so."""

    why: Any
    account: BillingAccount | None = None
    payment: Payment | None = None
    file: DebitFile | None = None
    refund: Refund | None = None
    invoices: list[Invoice] = field(default_factory=list)


@dataclass(frozen=True)
class Suggestion:
    """For a person to decide."""

    item: OpenItem
    why: Any


def find(line: BankLine) -> Match | None:
    """The one thing that the line can be about; None leaves it to a person. Reads only."""
    if line.end_to_end_id:
        found = _by_our_reference(line)
        if found is not None:
            return found
    if line.cents <= 0:
        return None
    return _by_number(line) or _by_account(line)


def match_open(*, by: User | None = None, now: datetime) -> int:
    """Match whatever of the waiting lines can be; how many they were. Each in its own transaction."""
    matched = 0
    for line in BankLine.objects.filter(state=BankLine.State.OPEN).order_by("booked_on", "pk"):
        found = find(line)
        if found is not None:
            matched += _carry_out(line, found, by=by, now=now)
    return matched


def assign_line(*, by: User, line: BankLine, invoice: Invoice, now: datetime) -> Payment:
    """A person says which invoice a credit pays; what is too much stays on that account.

    Raises Invalid for money that went out, Conflict when a colleague was faster.
    """
    if line.cents <= 0:
        raise Invalid(_("This line is no money received."), code="line_not_received")
    match = Match(why="", account=invoice.account, invoices=[invoice])
    with transaction.atomic():
        if not _carry_out(line, match, by=by, now=now):
            raise _decided()
        data = {"account": invoice.account_id, "amount": line.cents}
        log.record("subscriptions.bank_line_assigned", by=by, subject=line, data=data, at=now)
    return Payment.objects.get(key=f"bank:{line.reference}")


def ignore_line(*, by: User, line: BankLine, now: datetime) -> BankLine:
    """It concerns no customer (interest, rent): set aside. Raises Conflict when it was decided."""
    with transaction.atomic():
        held = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if held.state != BankLine.State.OPEN:
            raise _decided()
        held.state = BankLine.State.IGNORED
        held.save(update_fields=["state"])
        data = {"amount": held.cents}
        log.record("subscriptions.bank_line_ignored", by=by, subject=held, data=data, at=now)
    return held


def suggestions(line: BankLine) -> list[Suggestion]:
    """Open invoices that the line may pay: of the payer's account first, then of the same amount."""
    if line.cents <= 0:
        return []
    rows = OpenItem.objects.filter(open_cents__gt=0).select_related(
        "invoice", "account__holder", "account__organisation"
    )
    found: dict[int, Suggestion] = {}
    groups = [
        (rows.filter(account__in=_accounts_with(line.iban)), _("same bank account")),
        (rows.filter(open_cents=line.cents), _("same amount")),
    ]
    words = re.findall(r"[^\W\d_]{3,}", line.name)[:4]
    if words:
        named = Q()
        for word in words:
            named |= Q(account__holder__last_name__iexact=word) | Q(
                account__organisation__name__icontains=word
            )
        groups.append((rows.filter(named), _("same name")))
    for group, why in groups:
        for item in group.order_by("due_on", "pk")[:MOST_SUGGESTED]:
            found.setdefault(item.pk, Suggestion(item, why))
    return list(found.values())[:MOST_SUGGESTED]


def _carry_out(line: BankLine, match: Match, *, by: User | None, now: datetime) -> int:
    """Lock order: the account first (inside), so the line is locked by whoever holds nothing else."""
    with transaction.atomic():
        account = match.account or (match.payment.account if match.payment else None)
        if account is not None:
            BillingAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
        elif match.file is not None:
            rows = BillingAccount.objects.filter(payments__debit_file=match.file).values("pk")
            list(BillingAccount.objects.select_for_update(no_key=True).filter(pk__in=rows).order_by("pk"))
        held = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if held.state != BankLine.State.OPEN:
            return 0
        held.payment = _book(held, match, by=by, now=now)
        held.state = BankLine.State.MATCHED
        held.save(update_fields=["state", "payment"])
    return 1


def _book(line: BankLine, match: Match, *, by: User | None, now: datetime) -> Payment | None:
    if match.refund is not None:  # booked when it was handed in
        return match.refund.payment
    if match.file is not None:
        for payment in match.file.payments.filter(state__in=EXPECTED).order_by("account_id", "pk"):
            allocating.collect(payment=payment, received_on=line.booked_on, by=by, now=now)
        return None
    if match.payment is not None and line.cents < 0:
        return allocating.take_back(
            payment=match.payment,
            reason=line.return_reason or UNKNOWN_REASON,
            returned_on=line.booked_on,
            by=by,
            now=now,
        )
    if match.payment is not None:
        return allocating.collect(payment=match.payment, received_on=line.booked_on, by=by, now=now)
    if match.account is None:
        raise ValueError("a match names an account, a payment or a file")
    return allocating.receive(
        account=match.account,
        method=Payment.Method.TRANSFER,
        cents=line.cents,
        received_on=line.booked_on,
        key=f"bank:{line.reference}",
        invoices=match.invoices,
        by=by,
        now=now,
    )


def _by_our_reference(line: BankLine) -> Match | None:
    if line.cents < 0:
        rows = Payment.objects.filter(key=line.end_to_end_id, method=Payment.Method.DEBIT)
        payment = rows.filter(state__in=TAKEN_BACK, cents=-line.cents).select_related("account").first()
        if payment is not None:
            return Match(why=_("returned direct debit"), payment=payment)
        refund = Refund.objects.filter(key=line.end_to_end_id, paid_at__isnull=False, cents=-line.cents)
        found = refund.select_related("payment").first()
        return Match(why=_("refund"), refund=found) if found else None
    rows = Payment.objects.filter(key=line.end_to_end_id, state=Payment.State.SUBMITTED, cents=line.cents)
    payment = rows.select_related("account").first()
    if payment is not None:
        return Match(why=_("direct debit"), payment=payment)
    file = DebitFile.objects.filter(message_id=line.end_to_end_id, handed_in_at__isnull=False).first()
    if file is not None and sum(file.payments.values_list("cents", flat=True)) == line.cents:
        return Match(why=_("direct debit file"), file=file)
    return None


def _by_number(line: BankLine) -> Match | None:
    """Numbers of our invoices in the purpose, all of one account; the amount may be part or more."""
    named = Q()
    for series in NumberSeries.objects.all():
        letters = series.prefix.strip("-/. ")
        if not letters:
            continue
        pattern = rf"(?<![A-Za-z]){re.escape(letters)}[\s\-./]*0*(\d{{1,12}})"
        numbers = [int(number) for number in re.findall(pattern, line.text, re.IGNORECASE)]
        if numbers:
            named |= Q(series=series, number__in=numbers)
    if not named:
        return None
    rows = Invoice.objects.issued().filter(named).select_related("account")
    invoices = list(rows.order_by("pk")[:20])
    if len({invoice.account_id for invoice in invoices}) != 1:
        return None
    return Match(why=_("invoice number"), account=invoices[0].account, invoices=invoices)


def _by_account(line: BankLine) -> Match | None:
    """The payer's bank account is known as one customer's, and the amount is what is open."""
    accounts = list(_accounts_with(line.iban)[:2])
    if len(accounts) != 1:
        return None
    items = list(OpenItem.objects.filter(account=accounts[0], open_cents__gt=0).select_related("invoice"))
    same = [item for item in items if item.open_cents == line.cents]
    if len(same) == 1:
        return Match(why=_("bank account and amount"), account=accounts[0], invoices=[same[0].invoice])
    if items and sum(item.open_cents for item in items) == line.cents:
        return Match(why=_("bank account and amount"), account=accounts[0])
    return None


def _accounts_with(iban: str) -> Any:
    """Customers who signed a mandate for this bank account, or paid from it before."""
    if not iban:
        return BillingAccount.objects.none()
    paid = BankLine.objects.filter(
        iban=iban, state=BankLine.State.MATCHED, cents__gt=0, payment__isnull=False
    ).values("payment__account")
    signed = Mandate.objects.filter(iban=iban).values("account")
    return BillingAccount.objects.filter(Q(pk__in=paid) | Q(pk__in=signed)).order_by("pk")


def _decided() -> Conflict:
    return Conflict(_("A colleague has decided this line meanwhile."), code="line_decided")
