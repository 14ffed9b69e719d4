"""Reminding: free at first, later at what it costs, and never while something else explains it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, Invalid
from journal import log
from subscriptions.billing import charges
from subscriptions.models import BillingAccount, Creditor, OpenItem, Payment, Reminder, VatRate
from subscriptions.payments import creditors, debtors
from subscriptions.payments.debits import ON_ITS_WAY

GRACE_DAYS = 3  # transfers take a day, people a weekend
PAY_WITHIN_DAYS = 10
LAST = OpenItem.Level.LAST
REASON_LENGTH = 200


@dataclass(frozen=True)
class Fee:
    key: str
    cents: int
    text: str


def overdue(*, today: date) -> QuerySet[OpenItem]:
    """What is due and not paid, oldest first."""
    rows = OpenItem.objects.filter(open_cents__gt=0, due_on__lt=today).annotate(on_way=_payment_on_its_way())
    return rows.select_related("invoice", "account__holder", "account__organisation").order_by("due_on", "pk")


def _payment_on_its_way() -> Exists:
    return Exists(Payment.objects.filter(invoice=OuterRef("invoice"), state__in=ON_ITS_WAY))


def remind_due(*, now: datetime) -> int:
    """Remind of everything that is due to be reminded of today in Berlin; how many reminders went out.

    Missed days heal by themselves: one level per run, each after the time that the one before gave.
    """
    today, sent = local_date(now), 0
    waiting = overdue(today=today).filter(
        Q(level=0, due_on__lt=today - timedelta(days=GRACE_DAYS))
        | Q(level__gt=0, level__lt=LAST, reminded_on__lt=today - timedelta(days=PAY_WITHIN_DAYS)),
        ~_payment_on_its_way(),
        on_hold_because="",
        account__parked_at__isnull=True,
    )
    for number, account_id in list(waiting.values_list("pk", "account_id")):
        sent += _remind(number, account_id, now=now)
    return sent


def hold(*, by: User, item: OpenItem, reason: str, now: datetime) -> OpenItem:
    """Stop reminding of an invoice: a complaint is open, a plan was agreed. Raises Invalid without reason."""
    words = " ".join(reason.split())
    if not words:
        raise Invalid(gettext_lazy("Why are reminders held?"), code="reason_missing", field="reason")
    return _set_hold(by=by, item=item, words=words[:REASON_LENGTH], now=now)


def let_go_on(*, by: User, item: OpenItem, now: datetime) -> OpenItem:
    """Reminders go on where they stopped."""
    return _set_hold(by=by, item=item, words="", now=now)


def _set_hold(*, by: User, item: OpenItem, words: str, now: datetime) -> OpenItem:
    with transaction.atomic():
        debtors.lock_account(item.account_id)
        held = OpenItem.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=item.pk)
        if held.open_cents <= 0:
            raise Conflict(gettext_lazy("Nothing of this invoice is open."), code="nothing_open")
        held.on_hold_because = words
        held.save(update_fields=["on_hold_because"])
        data = {"held": bool(words)}
        log.record("subscriptions.reminders_held", by=by, subject=held.invoice, data=data, at=now)
    return held


def _remind(number: int, account_id: int, *, now: datetime) -> int:
    today = local_date(now)
    with transaction.atomic():
        account = debtors.lock_account(account_id)
        item = OpenItem.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=number)
        waits = item.reminded_on is not None and item.reminded_on >= today - timedelta(days=PAY_WITHIN_DAYS)
        on_way = item.invoice.payments.filter(state__in=ON_ITS_WAY).exists()
        if item.open_cents <= 0 or item.on_hold_because or waits or on_way or item.level >= LAST:
            return 0
        item.level += 1
        item.reminded_on = today
        item.save(update_fields=["level", "reminded_on"])
        fees = _fees(item, account, creditors.current())
        for fee in fees:
            _charge(fee, account, today, now=now)
        Reminder.objects.create(
            invoice=item.invoice,
            level=item.level,
            fee_cents=sum(fee.cents for fee in fees),
            sent_at=now,
            pay_until=today + timedelta(days=PAY_WITHIN_DAYS),
        )
        log.record(
            "subscriptions.reminded",
            by=None,
            subject=item.invoice,
            data={
                "account": account.pk,
                "level": item.level,
                "fee": sum(fee.cents for fee in fees),
                "amount": item.open_cents,
            },
            audience=debtors.people_of(account),
            at=now,
        )
    return 1


def _fees(item: OpenItem, account: BillingAccount, creditor: Creditor) -> list[Fee]:
    """None for the first; then the house's cost of paper (BGH VIII ZR 95/18), and from organisations once
    the lump sum of BGB §288(5)."""
    if item.level <= OpenItem.Level.REMINDER:
        return []
    with translation.override(debtors.language_of(account)):
        code = item.invoice.code or ""
        fees = [
            Fee(
                f"reminder:{item.invoice_id}:{item.level}",
                creditor.reminder_fee_cents,
                _("Reminder of invoice %(code)s") % {"code": code},
            )
        ]
        if not account.by_consumer and item.level == OpenItem.Level.SECOND:
            fees.append(
                Fee(
                    f"default:{item.invoice_id}",
                    creditor.business_fee_cents,
                    _("Lump sum for default, invoice %(code)s") % {"code": code},
                )
            )
    return [fee for fee in fees if fee.cents]


def _charge(fee: Fee, account: BillingAccount, today: date, *, now: datetime) -> None:
    """On the next invoice; damages carry no VAT."""
    charges.add_charge(
        account=account,
        key=fee.key,
        kind="fee",
        text=fee.text,
        quantity=1,
        unit="",
        unit_cents=fee.cents,
        vat_code=VatRate.Code.NONE,
        service=(today, today),
        by=None,
        now=now,
    )
