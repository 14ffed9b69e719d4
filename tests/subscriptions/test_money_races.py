"""Money moved by many at once: exact, without deadlock."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from common.errors import Conflict
from subscriptions.models import Payment, Refund
from subscriptions.payments import allocating, refunds
from tests.factories.billing import BillingAccountFactory
from tests.factories.payments import balance, open_books, open_cents
from tests.subscriptions.test_allocating import DAY, invoice_of, pay
from tests.subscriptions.test_refunds_and_reminders import ask, overpaid, two_colleagues

Race = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.mark.usefixtures("committing_db")
def test_racing_payments_never_pay_more_than_is_open(race: Race, now: datetime) -> None:
    open_books()
    account = BillingAccountFactory.create()
    invoices = [invoice_of(account, 100_00) for _each in range(3)]
    calls = [partial(pay, account, 70_00, now, key=f"bank:{n // 2}") for n in range(12)]
    results = race(calls)
    assert all(isinstance(each, Payment) for each in results), results
    assert Payment.objects.count() == 6
    assert [open_cents(each) for each in invoices] == [0, 0, 0]
    rest = sum(allocating.unallocated_cents(each) for each in Payment.objects.all())
    assert rest == 6 * 70_00 - 300_00
    assert balance("bank") == 6 * 70_00


@pytest.mark.usefixtures("committing_db")
def test_a_return_and_a_settling_at_once_agree(race: Race, now: datetime) -> None:
    open_books()
    account = BillingAccountFactory.create()
    first = invoice_of(account, 50_00)
    payment = pay(account, 80_00, now)
    second = invoice_of(account, 50_00)
    back = partial(allocating.take_back, payment=payment, reason="AM04", returned_on=DAY, now=now)
    race([back, back, *[partial(allocating.settle, account=account, now=now)] * 4])
    assert (open_cents(first), open_cents(second)) == (50_00, 50_00)
    assert balance("receivables") == 0


@pytest.mark.usefixtures("committing_db")
def test_racing_refunds_stay_within_what_was_paid(race: Race, now: datetime) -> None:
    payment = overpaid(now)
    asker, releaser = two_colleagues()
    results = race([partial(ask, payment, 10_00, now, asker)] * 6)
    asked = [each for each in results if isinstance(each, Refund)]
    refused = [each for each in results if isinstance(each, refunds.NothingToRefund)]
    assert (len(asked), len(refused)) == (3, 3), results
    release = [partial(refunds.release_refund, by=releaser, refund=each, now=now) for each in asked * 2]
    done = race(release)
    assert sum(isinstance(each, Refund) for each in done) == 3, done
    assert sum(isinstance(each, Conflict) for each in done) == 3
