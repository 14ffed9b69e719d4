"""Money back: asked for by one colleague, released by another, never above what was paid."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, Invalid, NotAllowed
from common.money import format_money
from journal import log
from subscriptions.billing import ledger
from subscriptions.models import (
    Allocation,
    BankLine,
    BillingAccount,
    LedgerTransaction,
    OpenItem,
    Payment,
    Refund,
)
from subscriptions.payments import allocating, booking_days, creditors, debtors, refund_files

REASON_LENGTH = 200


@dataclass(frozen=True)
class Target:
    """The bank account that the money came from."""

    name: str
    iban: str
    bic: str = ""


class NothingToRefund(Conflict):
    code = "refund_too_high"

    def __init__(self, cents: int) -> None:
        super().__init__(
            _(
                "At most %(amount)s can be paid back: what was paid and is owed to the customer. "
                "For more, write a credit note first."
            )
            % {"amount": format_money(cents)},
            field="amount",
        )


def all_refunds() -> QuerySet[Refund]:
    """Those that wait first, with the names that a page shows."""
    rows = Refund.objects.select_related(
        "payment__account__holder", "payment__account__organisation", "asked_by", "released_by", "paper"
    )
    return rows.order_by("paid_at", "-asked_at", "-pk")


def refundable_cents(payment: Payment, *, without: Refund | None = None) -> int:
    """What of a payment can go back: never above it, nor above what the customer has to their credit.

    To their credit is money that paid nothing, and credit notes that are open. Refunds asked for count.
    """
    if payment.state != Payment.State.SUCCEEDED:
        return 0
    asked = Refund.objects.filter(refused_at__isnull=True)
    if without is not None:
        asked = asked.exclude(pk=without.pk)
    of_payment = _sum(asked.filter(payment=payment))
    waiting = _sum(asked.filter(payment__account=payment.account_id, released_at__isnull=True))
    return max(0, min(payment.cents - of_payment, _credit_of(payment.account) - waiting))


def ask_refund(*, by: User, payment: Payment, cents: int, reason: str, now: datetime) -> Refund:
    """Ask for money to go back to where it came from; a colleague releases it.

    Raises Invalid without reason or amount, NothingToRefund, Conflict when we don't know where to.
    """
    words = " ".join(reason.split())
    if not words:
        raise Invalid(_("Why is it paid back?"), code="reason_missing", field="reason")
    if cents <= 0:
        raise Invalid(_("A refund is above zero."), code="amount_wrong", field="amount")
    with transaction.atomic():
        account = debtors.lock_account(payment.account_id)
        held = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        held.account = account
        target_of(held)
        most = refundable_cents(held)
        if cents > most:
            raise NothingToRefund(most)
        refund = Refund.objects.create(
            payment=held,
            cents=cents,
            reason=words[:REASON_LENGTH],
            key=f"RF-{held.pk}-{held.refunds.count() + 1}",
            asked_by=by,
            asked_at=now,
        )
        _record("subscriptions.refund_asked", refund, by=by, now=now)
    return refund


def release_refund(*, by: User, refund: Refund, now: datetime) -> Refund:
    """The second pair of eyes: the file for the bank is made, the credit is used up.

    Raises NotAllowed for whoever asked, Conflict when it was decided, NothingToRefund when the credit is
    gone meanwhile, NotSetUp.
    """
    creditor = creditors.required()
    if refund.asked_by_id == by.pk:
        raise NotAllowed(_("Whoever asked for a refund can't release it. Please ask a colleague."))
    with transaction.atomic():
        account, held = _lock(refund)
        if held.released_at is not None or held.refused_at is not None:
            raise _decided()
        most = refundable_cents(held.payment, without=held)
        if held.cents > most:
            raise NothingToRefund(most)
        _use_credit(held, account, by=by, now=now)
        held.released_by, held.released_at = by, now
        target = target_of(held.payment)
        held.paper = refund_files.make_file(
            creditor=creditor, refund=held, name=target.name, iban=target.iban, bic=target.bic, by=by, now=now
        )
        held.save(update_fields=["released_by", "released_at", "paper"])
        _record("subscriptions.refund_released", held, by=by, now=now)
    return held


def refuse_refund(*, by: User, refund: Refund, now: datetime) -> Refund:
    """It is not paid. Raises Conflict when it was decided."""
    with transaction.atomic():
        _account, held = _lock(refund)
        if held.released_at is not None or held.refused_at is not None:
            raise _decided()
        held.refused_at = now
        held.save(update_fields=["refused_at"])
        _record("subscriptions.refund_refused", held, by=by, now=now)
    return held


def mark_paid(*, by: User, refund: Refund, now: datetime) -> Refund:
    """The file was handed in to the bank: booked, and the customer hears. Raises Conflict."""
    with transaction.atomic():
        account, held = _lock(refund)
        if held.released_at is None or held.paid_at is not None:
            raise _decided()
        held.paid_at = now
        held.save(update_fields=["paid_at"])
        ledger.book(
            key=f"refund:{held.pk}",
            kind=LedgerTransaction.Kind.REFUND,
            booked_on=booking_days.open_day(local_date(now)),
            entries=[
                ledger.Entry(ledger.RECEIVABLES, account, held.cents),
                ledger.Entry("bank", account, -held.cents),
            ],
            payment=held.payment,
            now=now,
        )
        _record("subscriptions.refund_paid", held, by=by, now=now)
    return held


def target_of(payment: Payment) -> Target:
    """Where a payment came from. Raises Conflict when nobody knows."""
    if payment.mandate is not None:
        return Target(payment.mandate.debtor, payment.mandate.iban, payment.mandate.bic)
    line = BankLine.objects.filter(payment=payment, cents__gt=0).exclude(iban="").order_by("pk").first()
    if line is None:
        raise Conflict(
            _("We do not know which bank account this came from. Please ask the customer."),
            code="refund_target_unknown",
        )
    return Target(line.name or debtors.name_of(payment.account), line.iban)


def _use_credit(refund: Refund, account: BillingAccount, *, by: User, now: datetime) -> None:
    """Money that paid nothing goes first; then credit notes are paid out: the payment leaves what it
    paid and settles them instead."""
    rest = refund.cents - max(0, allocating.unallocated_cents(refund.payment))
    for credit in allocating.open_items(account, below_zero=True):
        part = min(rest, -credit.open_cents)
        if part <= 0:
            break
        Allocation.objects.create(payment=refund.payment, invoice=credit.invoice, cents=-part, at=now, by=by)
        allocating.move(credit, -part, now=now)
        rest -= part
    if rest > 0:
        raise NothingToRefund(refund.cents - rest)


def _credit_of(account: BillingAccount) -> int:
    credits = OpenItem.objects.filter(account=account, open_cents__lt=0).aggregate(sum=Sum("open_cents"))
    received = Payment.objects.filter(account=account, state=Payment.State.SUCCEEDED)
    paid = received.aggregate(sum=Sum("cents"))["sum"] or 0
    spent = Allocation.objects.filter(payment__in=received).aggregate(sum=Sum("cents"))["sum"] or 0
    back = _sum(Refund.objects.filter(payment__in=received, released_at__isnull=False))
    return int(paid - spent - back - (credits["sum"] or 0))


def _sum(rows: QuerySet[Refund]) -> int:
    return int(rows.aggregate(sum=Sum("cents"))["sum"] or 0)


def _lock(refund: Refund) -> tuple[BillingAccount, Refund]:
    account = debtors.lock_account(refund.payment.account_id)
    rows = Refund.objects.select_for_update(of=("self",)).select_related("payment__mandate")
    held = rows.get(pk=refund.pk)
    held.payment.account = account
    return account, held


def _record(kind: str, refund: Refund, *, by: User, now: datetime) -> None:
    payment = refund.payment
    log.record(
        kind,
        by=by,
        subject=refund,
        data={"account": payment.account_id, "amount": refund.cents, "payment": payment.pk},
        audience=debtors.people_of(payment.account) if kind.endswith("_paid") else (),
        at=now,
    )


def _decided() -> Conflict:
    return Conflict(_("A colleague has decided this refund meanwhile."), code="refund_decided")
