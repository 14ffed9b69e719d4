"""An invoice is taken back by a credit note, whole or by line, never by an edit."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed
from subscriptions.billing import billing_accounts, charges
from subscriptions.books import closing, datev, reading
from subscriptions.invoices import correcting
from subscriptions.models import Invoice, LedgerAccount
from tests.factories.accounts import UserFactory
from tests.factories.billing import MADE_AT, set_up_creditor

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
NOVEMBER = (date(2026, 11, 1), date(2026, 12, 1))


@pytest.fixture
def accountant(db: None) -> User:
    return UserFactory.create(role="accountant")


@pytest.fixture
def invoice(db: None) -> Invoice:
    """Two charges of a consumer, on one invoice: 119.00 and 10.70."""
    account = billing_accounts.account_for(person=UserFactory.create(), now=MADE_AT)
    for key, cents, vat in (("a", 119_00, "standard"), ("b", 10_70, "reduced")):
        charges.add_charge(
            account=account,
            key=key,
            kind="workshop",
            text=f"Posten {key}",
            quantity=1,
            unit="",
            unit_cents=cents,
            vat_code=vat,
            service=(DAY, DAY),
            by=None,
            now=MADE_AT,
        )
    return charges.bill_now(account=account, keys=["a", "b"], by=None, now=MADE_AT)


def credit(invoice: Invoice, by: User, **said: Any) -> Invoice:
    return correcting.credit(by=by, invoice=invoice, now=MADE_AT, **{"reason": "Doppelt berechnet", **said})


def test_a_whole_invoice_is_taken_back_to_the_cent(invoice: Invoice, accountant: User) -> None:
    note = credit(invoice, accountant)

    assert (note.kind, note.corrects) == ("credit", invoice)
    assert (note.net_cents, note.tax_cents, note.gross_cents) == (-110_00, -19_70, -129_70)
    assert all("Doppelt berechnet" in line.text for line in note.lines.all())
    assert {row.cents for row in reading.balances(first=NOVEMBER[0], end=NOVEMBER[1])} == {0}


def test_one_line_is_taken_back_once(invoice: Invoice, accountant: User) -> None:
    line = invoice.lines.get(position=2)

    assert credit(invoice, accountant, lines=[line.pk]).gross_cents == -10_70
    with pytest.raises(Conflict) as refused:
        credit(invoice, accountant)
    assert refused.value.code == "already_credited"
    assert credit(invoice, accountant, lines=[invoice.lines.get(position=1).pk]).gross_cents == -119_00


def test_it_needs_the_right_a_reason_and_lines_of_this_invoice(invoice: Invoice, accountant: User) -> None:
    with pytest.raises(NotAllowed):
        credit(invoice, UserFactory.create(role="staff"))
    wrong: list[dict[str, Any]] = [{"reason": " "}, {"lines": [0]}, {"lines": []}]
    for said in wrong:
        with pytest.raises(Invalid):
            credit(invoice, accountant, **said)
    with pytest.raises(Conflict):
        credit(credit(invoice, accountant), accountant)


def test_staff_take_back_a_line_on_the_page(client: Any, invoice: Invoice, accountant: User) -> None:
    client.force_login(accountant)
    url = reverse("subscriptions:staff-invoice-credit", args=[invoice.pk])
    line = invoice.lines.get(position=1)

    assert client.get(url).status_code == 200
    client.post(url, {"chosen": [line.pk], "reason": "Kulanz"})
    page = client.get(reverse("subscriptions:staff-invoice", args=[invoice.pk])).content.decode()

    note = invoice.corrections.get()
    assert note.gross_cents == -119_00
    assert str(note.code) in page


def test_vat_of_a_month_is_that_of_its_documents(invoice: Invoice) -> None:
    totals = reading.vat_totals(first=NOVEMBER[0], end=NOVEMBER[1])

    assert [(each.code, each.net, each.tax) for each in totals] == [
        ("standard", 100_00, 19_00),
        ("reduced", 10_00, 70),
    ]


def test_who_owes_what_is_told_for_any_day(invoice: Invoice) -> None:
    owed = {row.pk: row.owed for row in reading.debtors_on(DAY)}  # type: ignore[attr-defined]

    assert owed == {invoice.account_id: 129_70}
    assert not reading.debtors_on(date(2026, 11, 22)).exists()


def test_the_batch_for_the_adviser_holds_every_booking(invoice: Invoice) -> None:
    set_up_creditor(datev_adviser=1234, datev_client=567)

    text = datev.export(month=DAY, now=MADE_AT).decode("cp1252")
    header, columns, *lines = text.split("\r\n")[:-1]

    assert header.startswith('"EXTF";700;21;"Buchungsstapel";13;')
    assert header.split(";")[10:16] == ["1234", "567", "20260101", "4", "20261101", "20261130"]
    assert columns.startswith("Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen")
    assert len(lines) == 4
    assert f'100,00;"H";"EUR";;;;8406;1400;;2311;"{invoice.code}";;;"Erlöse Werkstatt"' in lines


def test_a_batch_with_an_account_that_has_no_number_is_refused_in_words(invoice: Invoice) -> None:
    set_up_creditor(datev_adviser=1234, datev_client=567)
    LedgerAccount.objects.filter(code="revenue-workshop").update(datev_number="")

    with pytest.raises(Conflict) as refused:
        datev.export(month=DAY, now=MADE_AT)
    assert "Werkstatt" in str(refused.value)


def test_a_month_that_runs_is_not_closed_and_one_that_is_over_only_once(accountant: User) -> None:
    with pytest.raises(Conflict):
        closing.close_month(by=accountant, month=DAY, now=MADE_AT)
    closing.close_month(by=accountant, month=date(2026, 10, 5), now=MADE_AT)
    for month in (date(2026, 10, 1), date(2026, 9, 1)):
        with pytest.raises(Conflict):
            closing.close_month(by=accountant, month=month, now=MADE_AT)


def test_a_figure_leads_to_its_entry_and_invoice(client: Any, invoice: Invoice, accountant: User) -> None:
    client.force_login(accountant)
    account = reverse("subscriptions:books-account", args=["revenue-workshop"]) + "?month=2026-11"

    books = client.get(reverse("subscriptions:books"), {"month": "2026-11"}).content.decode()
    entries = client.get(account).content.decode()

    assert account in books
    assert reverse("subscriptions:staff-invoice", args=[invoice.pk]) in entries
    for name in ("books-debtors", "books-mapping", "staff-invoices"):
        assert client.get(reverse(f"subscriptions:{name}")).status_code == 200


def test_the_books_are_closed_to_everybody_else(client: Any) -> None:
    client.force_login(UserFactory.create(role="advisor"))

    for name in ("books", "books-datev", "books-debtors", "staff-invoices"):
        assert client.get(reverse(f"subscriptions:{name}")).status_code == 403
