"""Direct debits of invoices: announced with the invoice, collected on a day of TARGET, tried again."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, NotFound
from journal import log
from subscriptions.models import BillingAccount, Invoice, Mandate, OpenItem, Payment
from subscriptions.payments import banking, creditors, debtors, mandates

ON_ITS_WAY = (Payment.State.PLANNED, Payment.State.SUBMITTED)


class NothingToCollect(Conflict):
    code = "nothing_open"

    def __init__(self) -> None:
        super().__init__(_("Nothing of this invoice is open."))


def announcement_of(invoice: Invoice) -> Payment | None:
    """The debit that is announced or at the bank for this invoice: amount, day and mandate."""
    rows = Payment.objects.filter(invoice=invoice, state__in=ON_ITS_WAY, method=Payment.Method.DEBIT)
    return rows.select_related("mandate").first()


def plan_debit(*, invoice: Invoice, by: User | None = None, now: datetime) -> Payment | None:
    """Announce the debit of what is open of an invoice, where the account pays that way; else None.

    Collected when due, never sooner than the announced days (SEPA Core rulebook 4.3.1) and on a day
    of TARGET in Berlin's calendar.
    """
    creditor = creditors.current()
    if not creditor.creditor_id or not creditor.iban:
        return None
    with transaction.atomic():
        account = debtors.lock_account(invoice.account_id)
        mandate = mandates.active_mandate(account)
        if account.pay_by != BillingAccount.PayBy.DEBIT or mandate is None:
            return None
        item = OpenItem.objects.select_for_update(of=("self",)).get(invoice=invoice)
        if item.open_cents <= 0 or invoice.payments.filter(state__in=ON_ITS_WAY).exists():
            return None
        soonest = local_date(now) + timedelta(days=creditor.prenotice_days)
        return _announce(item, account, mandate, on=max(item.due_on, soonest), by=by, now=now)


def _announce(
    item: OpenItem,
    account: BillingAccount,
    mandate: Mandate,
    *,
    on: date,
    by: User | None,
    now: datetime,
) -> Payment:
    invoice = item.invoice
    tries = invoice.payments.filter(method=Payment.Method.DEBIT).count()
    payment = Payment.objects.create(
        account=account,
        method=Payment.Method.DEBIT,
        state=Payment.State.PLANNED,
        cents=item.open_cents,
        key=f"{invoice.code}-{tries + 1}",
        mandate=mandate,
        invoice=invoice,
        collect_on=banking.target_day(on),
        announced_at=now,
        created_at=now,
    )
    log.record(
        "subscriptions.debit_announced",
        by=by,
        subject=payment,
        data={
            "account": account.pk,
            "amount": payment.cents,
            "invoice": invoice.pk,
            "collect_on": payment.collect_on.isoformat() if payment.collect_on else None,
        },
        audience=debtors.people_of(account),
        at=now,
    )
    return payment


def plan_all(*, account: BillingAccount, by: User | None = None, now: datetime) -> list[Payment]:
    """Announce everything of an account that is open and due by its mandate, one debit per invoice."""
    items = OpenItem.objects.filter(account=account, open_cents__gt=0).select_related("invoice")
    planned = [plan_debit(invoice=item.invoice, by=by, now=now) for item in items.order_by("pk")]
    return [payment for payment in planned if payment is not None]


def retry_debit(*, by: User, invoice: Invoice, now: datetime) -> Payment:
    """Collect a returned or failed debit once more, announced anew.

    Raises NotFound for others' invoices, NotSetUp, Conflict without a mandate, while one is on its way,
    or when nothing is open.
    """
    if not Invoice.objects.visible_to(by).filter(pk=invoice.pk).exists():
        raise NotFound(_("There is no such invoice."))
    creditors.collecting()
    with transaction.atomic():
        account = debtors.lock_account(invoice.account_id)
        if mandates.active_mandate(account) is None:
            raise Conflict(_("Please sign a mandate first."), code="mandate_missing")
        if announcement_of(invoice) is not None:
            raise Conflict(_("A direct debit is on its way already."), code="payment_on_its_way")
        account.pay_by = BillingAccount.PayBy.DEBIT
        account.save(update_fields=["pay_by"])
        payment = plan_debit(invoice=invoice, by=by, now=now)
    if payment is None:
        raise NothingToCollect
    return payment
