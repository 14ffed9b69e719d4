"""Charges from any app become lines of documents with numbers, open items, bookings and an event."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from journal.models import Event, EventAudience
from subscriptions.billing import billing_accounts, charges, ledger
from subscriptions.models import (
    Invoice,
    InvoiceLine,
    LedgerEntry,
    MonthClose,
    NumberSeries,
    OpenItem,
    VatRate,
)
from tests.factories.accounts import OrganisationFactory, UserFactory

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def account_of(person=None):
    return billing_accounts.account_for(person=person or UserFactory.create(), now=NOW)


def add(account, key="workshop:1", **fields):
    return charges.add_charge(
        **{
            "account": account,
            "key": key,
            "kind": "workshop",
            "text": "Inspektion",
            "quantity": Decimal("1.5"),
            "unit": "h",
            "unit_cents": 119_00,
            "vat_code": "standard",
            "service": (date(2026, 11, 20), date(2026, 11, 20)),
            "by": None,
            "now": NOW,
            **fields,
        }
    )


def test_each_holder_has_one_account():
    anna = UserFactory.create()
    assert account_of(anna) == account_of(anna)
    firm = OrganisationFactory.create()
    account = billing_accounts.account_for(organisation=firm, now=NOW)
    assert not account.by_consumer
    assert account.number == str(10_000 + account.pk)


def test_a_charge_billed_at_once_is_a_document_with_all_that_belongs_to_it():
    anna = UserFactory.create()
    account = account_of(anna)
    add(account)
    before = NumberSeries.objects.get(code="invoice").last_number
    invoice = charges.bill_now(account=account, keys=["workshop:1"], by=None, now=NOW)
    assert invoice.code == f"RE-{before + 1:06d}"
    assert (invoice.gross_cents, invoice.net_cents, invoice.tax_cents) == (178_50, 150_00, 28_50)
    assert invoice.due_on == date(2026, 12, 7)
    assert OpenItem.objects.get(invoice=invoice).open_cents == 178_50
    booked = LedgerEntry.objects.filter(transaction__invoice=invoice)
    assert dict(booked.values_list("ledger_account__code", "cents")) == {
        "receivables": 178_50,
        "revenue-workshop": -150_00,
        "vat-standard": -28_50,
    }
    event = Event.objects.get(kind="subscriptions.invoice_issued")
    assert event.data == {"code": invoice.code, "kind": "invoice", "account": account.pk, "amount": 178_50}
    assert EventAudience.objects.get(event=event).user == anna


def test_the_same_charge_again_is_the_same_and_another_under_its_key_is_refused():
    account = account_of()
    assert add(account) == add(account)
    with pytest.raises(charges.ChargeDiffers):
        add(account, quantity=2)


def test_billing_again_returns_the_same_document():
    account = account_of()
    add(account)
    first = charges.bill_now(account=account, keys=["workshop:1"], by=None, now=NOW)
    assert charges.bill_now(account=account, keys=["workshop:1"], by=None, now=NOW) == first
    with pytest.raises(charges.NothingToBill):
        charges.bill_now(account=account, keys=["unknown"], by=None, now=NOW)


def test_a_dropped_charge_is_not_billed_and_a_billed_one_not_dropped():
    account = account_of()
    charges.drop_charge(charge=add(account), now=NOW)
    with pytest.raises(charges.NothingToBill):
        charges.bill_now(account=account, keys=["workshop:1"], by=None, now=NOW)
    other = add(account, key="workshop:2")
    charges.bill_now(account=account, keys=["workshop:2"], by=None, now=NOW)
    with pytest.raises(charges.ChargeBilled):
        charges.drop_charge(charge=other, now=NOW)


def test_a_company_pays_net_and_tax_is_rounded_once_per_rate():
    account = billing_accounts.account_for(organisation=OrganisationFactory.create(), now=NOW)
    for place in range(3):
        add(account, key=f"w:{place}", quantity=1, unit_cents=3)  # 3 × 0.57 ct of tax
    invoice = charges.bill_now(account=account, keys=[f"w:{place}" for place in range(3)], by=None, now=NOW)
    assert (invoice.net_cents, invoice.tax_cents, invoice.is_gross) == (9, 2, False)


def test_a_total_below_zero_is_a_credit_note_with_a_number_of_its_own_series():
    account = account_of()
    add(account, quantity=-1)
    invoice = charges.bill_now(account=account, keys=["workshop:1"], by=None, now=NOW)
    assert invoice.kind == Invoice.Kind.CREDIT
    assert str(invoice).startswith("GS-")
    assert invoice.gross_cents == -119_00
    assert OpenItem.objects.get(invoice=invoice).open_cents == -119_00


def test_the_rate_of_the_last_day_of_service_counts():
    account = account_of()
    VatRate.objects.create(code="standard", valid_from=date(2027, 1, 1), rate=Decimal("0.210"))
    add(account, quantity=1, unit_cents=121_00, service=(date(2026, 12, 15), date(2027, 1, 14)))
    invoice = charges.bill_now(account=account, keys=["workshop:1"], by=None, now=NOW)
    assert invoice.taxes == [{"code": "standard", "rate": "0.210", "net_cents": 100_00, "tax_cents": 21_00}]


# -- what no one may change -------------------------------------------------------------------


def issued():
    account = account_of()
    add(account)
    return charges.bill_now(account=account, keys=["workshop:1"], by=None, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subscriptions_invoice SET gross_cents = gross_cents + 1, net_cents = net_cents + 1",
        "DELETE FROM subscriptions_invoice",
        "UPDATE subscriptions_invoiceline SET amount_cents = 1",
        "DELETE FROM subscriptions_invoiceline",
        "UPDATE subscriptions_ledgerentry SET cents = 1",
        "DELETE FROM subscriptions_ledgerentry",
        "UPDATE subscriptions_ledgertransaction SET booked_on = '2026-01-01'",
        "DELETE FROM subscriptions_ledgertransaction",
        "UPDATE subscriptions_numberseries SET last_number = last_number - 1 WHERE code = 'invoice'",
        "UPDATE subscriptions_numberseries SET prefix = 'X-' WHERE code = 'invoice'",
        "DELETE FROM subscriptions_numberseries",
        "TRUNCATE subscriptions_invoice CASCADE",
        "TRUNCATE subscriptions_invoiceline CASCADE",
        "TRUNCATE subscriptions_ledgerentry",
        "TRUNCATE subscriptions_ledgertransaction CASCADE",
        "TRUNCATE subscriptions_allocation",
        "TRUNCATE subscriptions_numberseries CASCADE",
    ],
)
def test_what_is_issued_and_booked_stays(statement):
    issued()
    with connection.cursor() as cursor:  # queued checks of keys would refuse TRUNCATE for another reason
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # The application's role may not even try to TRUNCATE.
    refused = (IntegrityError, ProgrammingError)
    with pytest.raises(refused), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_line_is_added_to_an_issued_document():
    line = InvoiceLine.objects.get(invoice=issued())
    line.pk, line.position, line.charge_id = None, 2, None
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        line.save(force_insert=True)


def test_a_booking_sums_to_zero():
    account = account_of()
    entries = [("bank", None, 100, "", None), ("receivables", account, -99, "", None)]
    with pytest.raises(ValueError, match="zero"):
        ledger.book(key="x", kind="payment", booked_on=date(2026, 11, 23), entries=entries, now=NOW)
    entry = LedgerEntry.objects.filter(transaction__invoice=issued())[0]
    entry.pk = None
    with pytest.raises(IntegrityError, match="zero"), transaction.atomic():
        entry.save(force_insert=True)


def test_a_closed_month_takes_no_bookings():
    MonthClose.objects.create(month=date(2026, 10, 1), closed_at=NOW, by=UserFactory.create())
    entries = [("bank", None, 100, "", None), ("receivables", account_of(), -100, "", None)]
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        ledger.book(key="x", kind="payment", booked_on=date(2026, 10, 31), entries=entries, now=NOW)
    ledger.book(key="x", kind="payment", booked_on=date(2026, 11, 1), entries=entries, now=NOW)
