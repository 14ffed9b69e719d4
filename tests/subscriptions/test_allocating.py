"""Money meets invoices: exact, in part, too much, back again; and never twice."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from accounts.permissions import Role
from common.errors import Conflict, Invalid
from subscriptions.models import Allocation, BillingAccount, Invoice, MonthClose, OpenItem, Payment
from subscriptions.payments import allocating, writing_off
from tests.factories.accounts import UserFactory
from tests.factories.billing import BillingAccountFactory, issued, line
from tests.factories.payments import balance, open_books, open_cents

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


def invoice_of(account: BillingAccount, cents: int, due: date = date(2026, 12, 7)) -> Invoice:
    return issued(line("Akku-Abo", cents), account=account, due_on=due)


def pay(account: BillingAccount, cents: int, now: datetime, key: str = "bank:1", **more: Any) -> Payment:
    open_books()
    return allocating.receive(
        account=account, method="transfer", cents=cents, received_on=DAY, key=key, now=now, **more
    )


def test_an_exact_payment_settles_and_is_booked(now: datetime) -> None:
    account = BillingAccountFactory.create()
    invoice = invoice_of(account, 169_00)
    payment = pay(account, 169_00, now)
    item = OpenItem.objects.get(invoice=invoice)
    assert (item.open_cents, item.settled_at) == (0, now)
    assert (balance("bank"), balance("receivables")) == (169_00, -169_00)
    assert allocating.unallocated_cents(payment) == 0


def test_part_leaves_the_rest_open(now: datetime) -> None:
    account = BillingAccountFactory.create()
    invoice = invoice_of(account, 169_00)
    pay(account, 100_00, now)
    assert open_cents(invoice) == 69_00
    pay(account, 69_00, now, key="bank:2")
    assert open_cents(invoice) == 0


def test_the_oldest_due_is_paid_first_unless_an_invoice_is_named(now: datetime) -> None:
    account = BillingAccountFactory.create()
    later, older = invoice_of(account, 50_00), invoice_of(account, 50_00, due=date(2026, 10, 1))
    pay(account, 30_00, now)
    assert (open_cents(older), open_cents(later)) == (20_00, 50_00)
    pay(account, 60_00, now, key="bank:2", invoices=[later])
    assert (open_cents(later), open_cents(older)) == (0, 10_00)


def test_too_much_stays_and_pays_the_next_invoice(now: datetime) -> None:
    account = BillingAccountFactory.create()
    first = invoice_of(account, 100_00)
    payment = pay(account, 130_00, now)
    assert open_cents(first) == 0
    assert allocating.unallocated_cents(payment) == 30_00
    second = invoice_of(account, 100_00)
    assert allocating.settle(account=account, now=now) == 30_00
    assert open_cents(second) == 70_00
    assert allocating.settle(account=account, now=now) == 0


def test_the_same_payment_twice_moves_nothing(now: datetime) -> None:
    account = BillingAccountFactory.create()
    invoice = invoice_of(account, 100_00)
    assert pay(account, 40_00, now) == pay(account, 40_00, now)
    assert open_cents(invoice) == 60_00
    with pytest.raises(Conflict):
        pay(account, 41_00, now)


def test_no_money_is_refused(now: datetime) -> None:
    with pytest.raises(Invalid):
        pay(BillingAccountFactory.create(), 0, now)


def test_a_credit_note_pays_the_invoice_that_it_corrects(now: datetime) -> None:
    account = BillingAccountFactory.create()
    other = invoice_of(account, 80_00, due=date(2026, 10, 1))
    wrong = invoice_of(account, 100_00)
    credit = issued(line("Gutschrift", -120_00), account=account, kind="credit", corrects=wrong)
    assert allocating.settle(account=account, now=now) == 120_00
    assert (open_cents(wrong), open_cents(other), open_cents(credit)) == (0, 60_00, 0)


def test_a_return_opens_what_was_paid(now: datetime) -> None:
    account = BillingAccountFactory.create()
    invoice = invoice_of(account, 100_00)
    payment = pay(account, 100_00, now)
    for _time in range(2):
        allocating.take_back(payment=payment, reason="AC04", returned_on=DAY, now=now)
    item = OpenItem.objects.get(invoice=invoice)
    assert (item.open_cents, item.settled_at) == (100_00, None)
    assert (balance("bank"), balance("receivables")) == (0, 0)
    assert sum(Allocation.objects.values_list("cents", flat=True)) == 0
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("returned", "AC04")


def test_money_of_a_closed_month_is_booked_in_the_next(now: datetime) -> None:
    by = UserFactory.create(role=Role.ACCOUNTANT)
    MonthClose.objects.create(month=date(2026, 11, 1), closed_at=now, by=by)
    payment = pay(BillingAccountFactory.create(), 10_00, now)
    assert payment.received_on == DAY
    assert payment.bookings.get().booked_on == date(2026, 12, 1)


def test_a_write_off_takes_its_vat_back(now: datetime) -> None:
    open_books()
    account = BillingAccountFactory.create()
    invoice = invoice_of(account, 119_00)
    pay(account, 59_50, now)
    by = UserFactory.create(role=Role.ACCOUNTANT)
    writing_off.write_off(by=by, item=invoice.open_item, now=now)
    assert open_cents(invoice) == 0
    assert (balance("write-offs"), balance("vat-standard")) == (50_00, 9_50)
    with pytest.raises(Conflict):
        writing_off.write_off(by=by, item=invoice.open_item, now=now)


def test_allocations_are_only_added_even_by_sql(now: datetime) -> None:
    account = BillingAccountFactory.create()
    invoice_of(account, 100_00)
    payment = pay(account, 100_00, now)
    for change in (
        lambda: Allocation.objects.update(cents=1),
        lambda: Allocation.objects.all().delete(),
        lambda: Payment.objects.filter(pk=payment.pk).update(cents=1),
        lambda: Payment.objects.filter(pk=payment.pk).update(key="other"),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()
