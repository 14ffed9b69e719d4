"""Refunds by two people and never too much; reminders free at first and fair later; GiroCode."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Notice
from accounts.permissions import Role
from common.errors import Conflict, Invalid, NotAllowed
from subscriptions.models import Charge, OpenItem, Payment, Plan, Refund, Reminder
from subscriptions.payments import (
    allocating,
    arrears,
    banking,
    debit_files,
    dunning,
    girocode,
    refunds,
)
from tests.factories.accounts import UserFactory, company
from tests.factories.billing import BillingAccountFactory, issued, line, set_up_creditor
from tests.factories.payments import balance, open_books, open_cents, text_of
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own
from tests.subscriptions.test_direct_debits import planned

pytestmark = pytest.mark.django_db


def collected(now: datetime, cents: int = 100_00) -> Payment:
    """A direct debit that has arrived."""
    open_books()
    payment = planned(now, cents)
    return allocating.collect(payment=payment, received_on=date(2026, 11, 30), now=now)


def overpaid(now: datetime, cents: int = 30_00) -> Payment:
    payment = collected(now)
    invoice = payment.invoice
    assert invoice is not None
    issued(line("Gutschrift", -cents), account=payment.account, kind="credit", corrects=invoice)
    return payment


def two_colleagues() -> list[Any]:
    return [UserFactory.create(role=Role.ACCOUNTANT) for _each in range(2)]


def ask(payment: Payment, cents: int, now: datetime, by: Any) -> Refund:
    return refunds.ask_refund(by=by, payment=payment, cents=cents, reason="Gutschrift", now=now)


def test_one_asks_another_releases_and_the_bank_gets_a_file(now: datetime, run_reactions: Any) -> None:
    payment = overpaid(now)
    asker, releaser = two_colleagues()
    refund = ask(payment, 30_00, now, asker)
    with pytest.raises(NotAllowed):
        refunds.release_refund(by=asker, refund=refund, now=now)
    released = refunds.release_refund(by=releaser, refund=refund, now=now)
    assert released.paper is not None
    xml = text_of(released.paper)
    assert "pain.001.001.09" in xml
    assert '<InstdAmt Ccy="EUR">30.00</InstdAmt>' in xml
    assert payment.mandate is not None
    assert payment.mandate.iban in xml
    refunds.mark_paid(by=releaser, refund=refund, now=now)
    assert balance("bank") == 70_00
    assert OpenItem.objects.filter(open_cents__lt=0).count() == 0
    run_reactions()
    assert Notice.objects.filter(kind="subscriptions.refund_paid").count() == 1
    with pytest.raises(Conflict):
        refunds.mark_paid(by=releaser, refund=refund, now=now)


def test_without_credit_nothing_goes_back(now: datetime) -> None:
    payment = collected(now)
    with pytest.raises(refunds.NothingToRefund):
        ask(payment, 1, now, two_colleagues()[0])


def test_never_more_than_was_paid_nor_than_is_owed(now: datetime) -> None:
    payment = overpaid(now)
    asker, releaser = two_colleagues()
    with pytest.raises(refunds.NothingToRefund):
        ask(payment, 30_01, now, asker)
    first = ask(payment, 20_00, now, asker)
    with pytest.raises(refunds.NothingToRefund):
        ask(payment, 10_01, now, asker)
    refunds.refuse_refund(by=releaser, refund=first, now=now)
    assert refunds.refundable_cents(payment) == 30_00
    with pytest.raises(Conflict):
        refunds.release_refund(by=releaser, refund=first, now=now)


def test_credit_that_paid_another_invoice_meanwhile_is_not_paid_out(now: datetime) -> None:
    payment = overpaid(now)
    asker, releaser = two_colleagues()
    refund = ask(payment, 30_00, now, asker)
    issued(line("Abo", 25_00), account=payment.account)
    allocating.settle(account=payment.account, now=now)
    with pytest.raises(refunds.NothingToRefund):
        refunds.release_refund(by=releaser, refund=refund, now=now)


def test_the_pages_lead_from_payment_to_released_refund(now: datetime) -> None:
    payment = overpaid(now)
    asker, releaser = two_colleagues()
    client = Client()
    client.force_login(asker)
    path = reverse("subscriptions:staff-refund-ask", args=[payment.pk])
    assert client.get(path).context["most"] == 30_00
    assert client.post(path, {"amount": "99", "reason": "Kulanz"}).status_code == 422
    assert client.post(path, {"amount": "12,50", "reason": "Kulanz"}).status_code == 302
    refund = Refund.objects.get()
    assert refund.cents == 12_50
    release = reverse("subscriptions:refund-release", args=[refund.pk])
    assert client.post(release).status_code == 403
    client.force_login(releaser)
    assert release in client.get(reverse("subscriptions:staff-refunds")).content.decode()
    client.post(release)
    refund.refresh_from_db()
    assert refund.released_by == releaser


def test_the_first_reminder_is_free_and_later_ones_cost_what_the_house_entered(
    now: datetime, run_reactions: Any
) -> None:
    set_up_creditor(reminder_fee_cents=120, business_fee_cents=4000)
    invoice = issued(line("Abo", 100_00), due_on=date(2026, 11, 10))
    assert dunning.remind_due(now=now) == 1
    assert dunning.remind_due(now=now) == 0
    assert dunning.remind_due(now=now + timedelta(days=10)) == 0
    assert dunning.remind_due(now=now + timedelta(days=11)) == 1
    assert dunning.remind_due(now=now + timedelta(days=22)) == 1
    assert dunning.remind_due(now=now + timedelta(days=60)) == 0
    assert list(Reminder.objects.order_by("level").values_list("fee_cents", flat=True)) == [0, 120, 120]
    assert {charge.vat_code for charge in Charge.objects.all()} == {"none"}
    run_reactions()
    told = Notice.objects.filter(kind="subscriptions.reminded").order_by("pk")
    assert [each.params["invoice"] for each in told] == [invoice.code] * 3


def test_the_lump_sum_is_for_organisations_and_once(now: datetime) -> None:
    set_up_creditor(reminder_fee_cents=0, business_fee_cents=4000)
    firm = BillingAccountFactory.create(holder=None, organisation=company(UserFactory.create()))
    for account in (firm, BillingAccountFactory.create()):
        issued(line("Abo", 100_00), account=account, due_on=date(2026, 11, 10))
    for days in (0, 11, 22):
        dunning.remind_due(now=now + timedelta(days=days))
    charge = Charge.objects.get()
    assert (charge.account, charge.amount_cents) == (firm, 4000)


@pytest.mark.parametrize("days", [1, 3])
def test_nobody_is_reminded_within_three_days(days: int, now: datetime) -> None:
    issued(line("Abo", 100_00), due_on=now.date() - timedelta(days=days))
    assert dunning.remind_due(now=now) == 0


def test_who_is_being_collected_from_is_not_reminded(now: datetime) -> None:
    planned(now, due=date(2026, 11, 10))
    assert dunning.remind_due(now=now) == 0


def test_held_with_a_reason_and_let_go_on(now: datetime) -> None:
    item = issued(line("Abo", 100_00), due_on=date(2026, 11, 10)).open_item
    by = UserFactory.create(role=Role.ACCOUNTANT)
    with pytest.raises(Invalid):
        dunning.hold(by=by, item=item, reason=" ", now=now)
    dunning.hold(by=by, item=item, reason="Beschwerde", now=now)
    assert dunning.remind_due(now=now) == 0
    dunning.let_go_on(by=by, item=item, now=now)
    assert dunning.remind_due(now=now) == 1


def test_arrears_restrict_comfort_and_never_the_battery(now: datetime) -> None:
    user = UserFactory.create()
    battery = subscribed(user, own(user), now=now)
    comfort = subscribed(
        user, None, now=now, version=offer_plan(plan={"kind": Plan.Kind.CHARGING, "code": "laden"})
    )
    account, _new = BillingAccountFactory._meta.model.objects.get_or_create(
        holder=user, defaults={"number": "KT-900001", "created_at": now}
    )
    issued(line("Abo", 100_00), account=account, due_on=date(2026, 11, 10))
    dunning.remind_due(now=now)
    assert not arrears.restricts(comfort, now)
    later = now + timedelta(days=11)
    dunning.remind_due(now=later)
    assert arrears.restricts(comfort, later)
    assert not arrears.restricts(battery, later)


def test_the_girocode_says_account_amount_and_number(now: datetime) -> None:
    assert girocode.svg_for(issued()) == ""
    set_up_creditor()
    invoice = issued(line("Abo", 169_00))
    assert girocode.svg_for(invoice).startswith("<svg")
    code = girocode._code_for(invoice)
    assert code is not None
    assert code.error == "M"
    OpenItem.objects.filter(invoice=invoice).update(open_cents=0, settled_at=now)
    assert girocode.svg_for(invoice) == ""


def test_staff_pages_are_for_those_who_keep_the_books(now: datetime) -> None:
    client = Client()
    names = ("staff-payments", "staff-bank-lines", "staff-debit-files", "staff-overdue", "staff-refunds")
    for role, status in ((Role.ACCOUNTANT, 200), (Role.STAFF, 403), (Role.OWNER, 403)):
        client.force_login(UserFactory.create(role=role))
        for name in names:
            assert client.get(reverse(f"subscriptions:{name}")).status_code == status, (role, name)


def test_the_dunning_list_leads_to_hold_and_write_off(now: datetime) -> None:
    open_books()
    item = issued(line("Abo", 100_00), due_on=date(2020, 1, 1)).open_item
    client = Client()
    client.force_login(UserFactory.create(role=Role.ACCOUNTANT))
    path = reverse("subscriptions:staff-overdue-item", args=[item.pk])
    assert path in client.get(reverse("subscriptions:staff-overdue")).content.decode()
    client.post(path, {"reason": "Raten vereinbart"})
    assert "Raten vereinbart" in client.get(path).content.decode()
    client.post(reverse("subscriptions:staff-overdue-write-off", args=[item.pk]))
    assert open_cents(item.invoice) == 0


@pytest.mark.parametrize("count", [1, 4])
def test_lists_cost_the_same_however_long(
    count: int, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for _each in range(count):
        overpaid(now)
        issued(line("Abo", 10_00), due_on=date(2020, 1, 1))
    client = Client()
    client.force_login(UserFactory.create(role=Role.ACCOUNTANT))
    debit_files.files()
    for name in ("staff-payments", "staff-bank-lines", "staff-debit-files", "staff-overdue", "staff-refunds"):
        with django_assert_max_num_queries(10):
            client.get(reverse(f"subscriptions:{name}"))
    assert banking.masked("") == ""
