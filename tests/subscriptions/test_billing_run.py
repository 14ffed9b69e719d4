"""A run bills all that is due, once; what cannot be billed is parked, and missed days heal."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from psycopg.types.range import Range

from accounts.models import User
from journal.models import Event
from subscriptions.billing import billing_accounts, charges, runs
from subscriptions.contracts import changes, ending
from subscriptions.contracts.change_rules import Wish
from subscriptions.models import (
    BillingAccount,
    Contract,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Meter,
    NumberSeries,
    OpenItem,
    PlanVersion,
)
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
FIRST = date(2026, 11, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return UserFactory.create(first_name="Anna", last_name="Petersen")


@pytest.fixture
def contract(anna: User) -> Contract:
    return subscribed(anna, own(anna), now=NOW)


def bill(day: date) -> list[Invoice]:
    """What the run of that day's morning issues."""
    run = runs.bill(until=day, by=None, now=datetime.combine(day, NOW.time(), tzinfo=UTC))
    assert run.finished_at is not None
    return list(Invoice.objects.filter(run=run).order_by("pk"))


def amounts(invoice: Invoice) -> list[int]:
    return list(invoice.lines.values_list("amount_cents", flat=True))


def test_the_first_period_is_billed_on_its_first_day(contract: Contract, anna: User) -> None:
    [invoice] = bill(FIRST)
    assert invoice.buyer["name"] == "Anna Petersen"
    assert invoice.gross_cents == 169_00
    assert (invoice.service.lower, invoice.service.upper) == (FIRST, date(2026, 12, 1))
    contract.refresh_from_db()
    assert contract.next_bill_on == date(2026, 12, 1)
    assert invoice.account.holder == anna


def test_a_second_run_on_the_same_day_bills_nothing(contract: Contract) -> None:
    bill(FIRST)
    assert bill(FIRST) == []
    Contract.objects.filter(pk=contract.pk).update(next_bill_on=FIRST)
    assert bill(FIRST) == []


def test_missed_days_heal(contract: Contract) -> None:
    [invoice] = bill(date(2027, 1, 15))
    assert amounts(invoice) == [169_00] * 3


def test_all_contracts_and_charges_of_an_account_come_on_one_document(contract: Contract, anna: User) -> None:
    subscribed(anna, None, now=NOW, version=offer_plan(plan={"kind": "charging"}, price_cents=45_00))
    charges.add_charge(
        account=billing_accounts.account_for(person=anna, now=NOW),
        key="ticket:1",
        kind="ticket",
        text="Sommerfest",
        quantity=1,
        unit="",
        unit_cents=Decimal(20_00),
        vat_code="reduced",
        service=(FIRST, FIRST),
        by=None,
        now=NOW,
    )
    [invoice] = bill(FIRST)
    assert invoice.gross_cents == 169_00 + 45_00 + 20_00
    assert {tax["code"] for tax in invoice.taxes} == {"standard", "reduced"}


def test_a_withdrawal_refunds_everything_by_a_credit_note(contract: Contract, anna: User) -> None:
    bill(FIRST)
    ending.withdraw_contract(by=anna, contract=contract, declared_at=NOW + timedelta(days=10))
    [credit] = bill(FIRST + timedelta(days=10))
    assert credit.kind == Invoice.Kind.CREDIT
    assert credit.gross_cents == -169_00
    assert sum(OpenItem.objects.values_list("open_cents", flat=True)) == 0


def test_a_cancelled_contract_pays_for_its_days_only(contract: Contract, anna: User) -> None:
    bill(FIRST)
    ended = ending.cancel_contract(by=anna, contract=contract, now=NOW + timedelta(days=14))
    assert ended.ends_on == date(2026, 12, 15)
    assert bill(FIRST + timedelta(days=14)) == []
    [invoice] = bill(date(2026, 12, 1))
    assert amounts(invoice) == [76_32]  # 14 of 31 days
    assert bill(date(2026, 12, 15)) == []
    contract.refresh_from_db()
    assert contract.next_bill_on is None


def test_an_upgrade_takes_back_the_old_days_and_bills_the_new(contract: Contract) -> None:
    bill(FIRST)
    day = date(2026, 11, 16)
    larger = offer_plan(price_cents=289_00)
    at = datetime.combine(day, NOW.time(), tzinfo=UTC)
    assert contract.holder is not None
    changes.change_contract(
        by=contract.holder, contract=contract, wish=Wish("switch", larger), offer_hash=None, now=at
    )
    [invoice] = bill(day)
    assert amounts(invoice) == [-169_00, 84_50, 144_50]
    assert bill(day) == []


def test_late_usage_is_billed_with_the_next_round(contract: Contract) -> None:
    bill(FIRST)
    november = Range(FIRST, date(2026, 12, 1), "[)")
    meter = Meter.objects.create(contract=contract, unit="swap", period=november, used=3)
    [december] = bill(date(2026, 12, 1))
    assert sorted(amounts(december)) == [10_00, 169_00]
    Meter.objects.filter(pk=meter.pk).update(used=5)
    [january] = bill(date(2027, 1, 1))
    assert sorted(amounts(january)) == [20_00, 169_00]
    rounds = InvoiceLine.objects.filter(kind="usage").order_by("pk").values_list("round", flat=True)
    assert list(rounds) == [0, 1]


def test_an_account_that_fails_is_parked_and_the_run_goes_on(contract: Contract) -> None:
    other = UserFactory.create()
    failing = subscribed(other, own(other), now=NOW, version=offer_plan(vat_code="unknown"))
    [invoice] = bill(FIRST)
    assert invoice.account.holder == contract.holder
    parked = BillingAccount.objects.get(holder=other)
    assert parked.parked_at is not None
    assert "no VAT rate 'unknown'" in parked.parked_because
    failing.refresh_from_db()
    assert failing.next_bill_on == FIRST
    assert bill(FIRST) == []


def test_what_the_database_refuses_parks_its_account_only(contract: Contract) -> None:
    other = UserFactory.create()
    account = billing_accounts.account_for(person=other, now=NOW)
    charges.add_charge(
        account=account,
        key="too-much",
        kind="ticket",
        text="x",
        quantity=1,
        unit="",
        unit_cents=0,
        vat_code="standard",
        service=(FIRST, FIRST),
        by=None,
        now=NOW,
    )
    charge = account.charges.get()
    charge.amount_cents = 2**63 - 1
    charge.save()
    charge.pk, charge.key = None, "and-more"
    charge.save()
    [invoice] = bill(FIRST)
    assert invoice.account.holder == contract.holder
    account.refresh_from_db()
    assert account.parked_because


def test_a_parked_account_is_billed_again_once_its_cause_is_gone(anna: User) -> None:
    contract = subscribed(anna, own(anna), now=NOW)
    account = billing_accounts.account_for(person=anna, now=NOW)
    BillingAccount.objects.filter(pk=account.pk).update(parked_at=NOW, parked_because="?")
    assert bill(FIRST) == []
    [pk] = runs.bill_account(account=account, by=None, now=NOW)
    assert Invoice.objects.get(pk=pk).lines.get().contract == contract
    account.refresh_from_db()
    assert account.parked_at is None


def test_numbers_have_no_gap_and_the_books_sum_to_zero() -> None:
    before = NumberSeries.objects.get(code="invoice").last_number
    version = offer_plan(plan={"kind": "mobility"})
    for person in UserFactory.create_batch(5):
        subscribed(person, None, now=NOW, version=version)
    numbers = [invoice.number for invoice in bill(FIRST)]
    assert numbers == list(range(before + 1, before + 6))
    assert sum(LedgerEntry.objects.values_list("cents", flat=True)) == 0
    assert Event.objects.filter(kind="subscriptions.invoice_issued").count() == 5


def test_more_accounts_cost_no_more_queries(django_assert_max_num_queries) -> None:
    version = offer_plan(plan={"kind": "mobility"})
    for person in UserFactory.create_batch(12):
        subscribed(person, None, now=NOW, version=version)
    with django_assert_max_num_queries(50):
        assert len(bill(FIRST)) == 12


def test_a_run_that_was_left_open_is_gone_on_with(contract: Contract) -> None:
    started = runs.start_run(until=FIRST, by=None, now=NOW)
    assert runs.start_run(until=FIRST, by=None, now=NOW) == started
    assert len(bill(FIRST)) == 1
    assert PlanVersion.objects.count() == 1
