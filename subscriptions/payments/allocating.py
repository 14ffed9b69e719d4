"""Money that came meets what is open: exact, in part, or too much.

Everything here takes the account's row first, then its open items by number: races wait, none deadlocks.
What is paid is the sum of allocations; what is owed is on the open items; the books carry both as
receivables. Money that meets nothing stays on the account until the next invoice, or goes back.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from journal import log
from subscriptions.billing import ledger
from subscriptions.models import (
    Allocation,
    BillingAccount,
    Invoice,
    LedgerTransaction,
    OpenItem,
    Payment,
)
from subscriptions.payments import booking_days, debtors

MONEY_OF = {
    Payment.Method.TRANSFER: "bank",
    Payment.Method.DEBIT: "bank",
    Payment.Method.CASH: "bank",
    Payment.Method.CARD: "transit-card",
}
RETURNABLE = (Payment.State.SUBMITTED, Payment.State.SUCCEEDED)


def receive(
    *,
    account: BillingAccount,
    method: str,
    cents: int,
    received_on: date,
    key: str,
    invoices: Iterable[Invoice] = (),
    by: User | None = None,
    now: datetime,
) -> Payment:
    """Money has arrived: book it and pay what is open, the named ``invoices`` first, then oldest due.

    ``received_on`` is the bank's civil day, ``cents`` gross. The same ``key`` again is the same payment
    and moves nothing. Raises Invalid for no money, Conflict for a key of another amount or account.
    """
    if cents <= 0:
        raise Invalid(_("A payment is above zero."), code="amount_wrong", field="amount")
    with transaction.atomic():
        held = debtors.lock_account(account.pk)
        known = Payment.objects.filter(key=key).first()
        if known is not None:
            if (known.account_id, known.cents) != (held.pk, cents):
                raise Conflict(_("This payment is known with another amount."), code="payment_differs")
            return known
        payment = Payment.objects.create(
            account=held,
            method=method,
            state=Payment.State.SUCCEEDED,
            cents=cents,
            key=key,
            received_on=received_on,
            created_at=now,
        )
        wanted = [invoice.pk for invoice in invoices]
        _arrived(payment, held, wanted=wanted, by=by, now=now)
    return payment


def collect(*, payment: Payment, received_on: date, by: User | None = None, now: datetime) -> Payment:
    """An announced payment (a direct debit, a card) has arrived. A second time changes nothing.

    Raises Conflict for one that failed or came back.
    """
    with transaction.atomic():
        account = debtors.lock_account(payment.account_id)
        held = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        if held.state == Payment.State.SUCCEEDED:
            return held
        if held.state not in (Payment.State.PLANNED, Payment.State.SUBMITTED):
            raise Conflict(_("This payment is over."), code="payment_over")
        held.state, held.received_on = Payment.State.SUCCEEDED, received_on
        held.save(update_fields=["state", "received_on"])
        _arrived(held, account, wanted=[held.invoice_id] if held.invoice_id else [], by=by, now=now)
    return held


def take_back(
    *, payment: Payment, reason: str, returned_on: date, by: User | None = None, now: datetime
) -> Payment:
    """The bank took the money back (``reason``: AC04, MD06, …): what it paid is open again.

    Each of its allocations is answered by a negative one. Returned before it was seen to arrive, it is
    booked both ways, so that the bank's account agrees with the bank. A second time changes nothing.
    """
    with transaction.atomic():
        account = debtors.lock_account(payment.account_id)
        held = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        if held.state == Payment.State.RETURNED:
            return held
        if held.state not in RETURNABLE:
            raise Conflict(_("This payment never arrived."), code="payment_not_received")
        if held.state == Payment.State.SUBMITTED:
            _book_money(held, account, on=returned_on, back=False, now=now)
        _release(held, by=by, now=now)
        held.state, held.reason = Payment.State.RETURNED, reason
        held.save(update_fields=["state", "reason"])
        _book_money(held, account, on=returned_on, back=True, now=now)
        log.record(
            "subscriptions.payment_returned",
            by=by,
            subject=held,
            data={
                "account": account.pk,
                "amount": held.cents,
                "method": held.method,
                "reason": reason,
                "invoice": held.invoice_id,
            },
            audience=debtors.people_of(account),
            at=now,
        )
    return held


def settle(*, account: BillingAccount, by: User | None = None, now: datetime) -> int:
    """Credit notes and money that met nothing yet pay what is open now; cents that found a place."""
    with transaction.atomic():
        held = debtors.lock_account(account.pk)
        moved = _settle_credits(held, by=by, now=now)
        for payment in Payment.objects.filter(account=held, state=Payment.State.SUCCEEDED).order_by("pk"):
            rest = unallocated_cents(payment)
            if rest > 0:
                moved += _allocate(held, payment, rest, wanted=[], by=by, now=now)
    return moved


def unallocated_cents(payment: Payment) -> int:
    """What of a received payment has paid nothing and was not paid back."""
    if payment.state != Payment.State.SUCCEEDED:
        return 0
    spent = payment.allocations.aggregate(sum=Sum("cents"))["sum"] or 0
    back = payment.refunds.filter(released_at__isnull=False).aggregate(sum=Sum("cents"))["sum"] or 0
    return int(payment.cents - spent - back)


def open_items(account: BillingAccount, *, below_zero: bool = False) -> list[OpenItem]:
    """Inside a transaction that holds the account: what is owed (or, below zero, to be given), locked."""
    side = Q(open_cents__lt=0) if below_zero else Q(open_cents__gt=0)
    rows = OpenItem.objects.select_for_update(of=("self",)).filter(side, account=account)
    return list(rows.select_related("invoice").order_by("pk"))


def move(item: OpenItem, cents: int, *, now: datetime) -> None:
    """Lower what is open by ``cents`` (negative: raise it), on the caller's lock."""
    item.open_cents -= cents
    item.settled_at = now if item.open_cents == 0 else None
    item.save(update_fields=["open_cents", "settled_at"])


def _arrived(
    payment: Payment, account: BillingAccount, *, wanted: list[int], by: User | None, now: datetime
) -> None:
    _book_money(payment, account, on=payment.received_on, back=False, now=now)
    _allocate(account, payment, payment.cents, wanted=wanted, by=by, now=now)
    log.record(
        "subscriptions.payment_received",
        by=by,
        subject=payment,
        data={"account": account.pk, "amount": payment.cents, "method": payment.method},
        audience=debtors.people_of(account),
        at=now,
    )


def _allocate(
    account: BillingAccount,
    payment: Payment,
    cents: int,
    *,
    wanted: list[int],
    by: User | None,
    now: datetime,
) -> int:
    items = open_items(account)
    items.sort(key=lambda item: (item.invoice_id not in wanted, item.due_on, item.pk))
    rest = cents
    for item in items:
        part = min(rest, item.open_cents)
        if part <= 0:
            break
        Allocation.objects.create(payment=payment, invoice=item.invoice, cents=part, at=now, by=by)
        move(item, part, now=now)
        rest -= part
    return cents - rest


def _settle_credits(account: BillingAccount, *, by: User | None, now: datetime) -> int:
    """A credit note pays the invoice that it corrects, then the oldest due."""
    moved = 0
    for credit in open_items(account, below_zero=True):
        items = open_items(account)
        items.sort(key=lambda item: (item.invoice_id != credit.invoice.corrects_id, item.due_on, item.pk))
        for item in items:
            part = min(-credit.open_cents, item.open_cents)
            if part <= 0:
                break
            Allocation.objects.create(credit=credit.invoice, invoice=item.invoice, cents=part, at=now, by=by)
            move(item, part, now=now)
            move(credit, -part, now=now)
            moved += part
    return moved


def _release(payment: Payment, *, by: User | None, now: datetime) -> None:
    sums = payment.allocations.order_by("invoice").values("invoice").annotate(sum=Sum("cents"))
    paid = {row["invoice"]: row["sum"] for row in sums if row["sum"]}
    items = OpenItem.objects.select_for_update(of=("self",)).filter(invoice__in=paid).order_by("pk")
    for item in items:
        cents = paid[item.invoice_id]
        Allocation.objects.create(payment=payment, invoice_id=item.invoice_id, cents=-cents, at=now, by=by)
        move(item, -cents, now=now)


def _book_money(
    payment: Payment, account: BillingAccount, *, on: date | None, back: bool, now: datetime
) -> None:
    if on is None:
        raise ValueError("money arrives on a day")
    sign = -1 if back else 1
    code = MONEY_OF[Payment.Method(payment.method)]
    kind = LedgerTransaction.Kind.RETURN if back else LedgerTransaction.Kind.PAYMENT
    ledger.book(
        key=f"{'return' if back else 'payment'}:{payment.pk}",
        kind=kind,
        booked_on=booking_days.open_day(on),
        entries=[
            ledger.Entry(code, account, sign * payment.cents),
            ledger.Entry(ledger.RECEIVABLES, account, -sign * payment.cents),
        ],
        payment=payment,
        now=now,
    )
