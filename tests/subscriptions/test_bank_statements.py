"""Statements of the bank: read safely, counted once, matched, returned, decided by a person."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Notice
from accounts.permissions import Role
from common.errors import Conflict, Invalid
from subscriptions.models import BankFile, BankLine, OpenItem, Payment
from subscriptions.payments import debit_files, matching, statements
from tests.factories.accounts import UserFactory
from tests.factories.billing import BillingAccountFactory, issued, line, set_up_creditor
from tests.factories.payments import IBAN, OTHER_IBAN, balance, entry, open_books, open_cents, sign, statement
from tests.subscriptions.test_direct_debits import planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def accountant() -> Any:
    set_up_creditor()
    open_books()
    return UserFactory.create(role=Role.ACCOUNTANT)


def bring(by: Any, content: bytes, now: datetime) -> BankFile:
    document = statements.keep_upload(by=by, content=content, name="auszug.xml", now=now)
    return statements.import_statement(by=by, document=document, now=now)


def test_a_number_in_the_purpose_finds_its_invoice_however_it_is_typed(
    accountant: Any, now: datetime
) -> None:
    one, two, three = (issued(line("Abo", 50_00)) for _each in range(3))
    number = two.number
    bring(
        accountant,
        statement(
            entry(50_00, text=f"Rechnung {one.code}", iban=OTHER_IBAN),
            entry(20_00, text=f"re {number} danke", iban=OTHER_IBAN),
            entry(70_00, text=f"{str(three.code).replace('-', ' ').lower()} 24.11.2026", iban=OTHER_IBAN),
        ),
        now,
    )
    assert [open_cents(each) for each in (one, two, three)] == [0, 30_00, 0]
    assert Payment.objects.get(cents=70_00).account == three.account
    assert not BankLine.objects.filter(state="open").exists()


def test_account_and_amount_find_it_too(accountant: Any, now: datetime) -> None:
    account = BillingAccountFactory.create()
    sign(account, now=now)
    invoice, other = issued(line("Abo", 61_00), account=account), issued(line("Abo", 61_00))
    bring(accountant, statement(entry(61_00, text="Miete?")), now)
    assert (open_cents(invoice), open_cents(other)) == (0, 61_00)


def test_what_could_be_two_waits_for_a_person(accountant: Any, now: datetime) -> None:
    one, two = issued(line("Abo", 61_00)), issued(line("Abo", 61_00))
    bring(
        accountant,
        statement(entry(61_00, text="Danke"), entry(100_00, text=f"{one.code} und {two.code}")),
        now,
    )
    assert BankLine.objects.filter(state="open").count() == 2
    assert Payment.objects.count() == 0


def test_the_same_file_and_the_same_entry_count_once(accountant: Any, now: datetime) -> None:
    invoice = issued(line("Abo", 50_00))
    first = entry(20_00, text=str(invoice.code), reference="BANK1")
    content = statement(first)
    bring(accountant, content, now)
    with pytest.raises(Conflict):
        bring(accountant, content, now)
    bring(accountant, statement(first, entry(5_00, text=str(invoice.code), reference="BANK2"), number=2), now)
    assert open_cents(invoice) == 25_00
    assert BankLine.objects.count() == 2


def test_two_equal_entries_without_reference_are_two(accountant: Any, now: datetime) -> None:
    invoice = issued(line("Abo", 50_00))
    same = entry(10_00, text=str(invoice.code))
    bring(accountant, statement(same, same), now)
    assert open_cents(invoice) == 30_00
    bring(accountant, statement(same, same, number=2), now)
    assert open_cents(invoice) == 30_00


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<a/>",
        b"not xml",
        statement(entry(1_00)).replace(b'Ccy="EUR"', b'Ccy="USD"'),
        statement(entry(1_00)).replace(b"1.00", b"NaN"),
        statement(entry(1_00)).replace(b"1.00", b"1.001"),
        statement(entry(1_00)).replace(b"2026-11-24", b"gestern"),
        statement(entry(1_00), iban=OTHER_IBAN),
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + statement(entry(1_00, text="&x;")).split(b"?>", 1)[1],
        b" " * (statements.MOST_BYTES + 1),
    ],
    ids=["empty", "other", "text", "dollars", "nan", "mills", "day", "account", "entity", "large"],
)
def test_what_is_no_statement_is_refused(content: bytes, accountant: Any, now: datetime) -> None:
    with pytest.raises(Invalid):
        statements.keep_upload(by=accountant, content=content, name="x.xml", now=now)


def test_one_sum_for_a_whole_file_pays_all_of_it(accountant: Any, now: datetime) -> None:
    payments = [planned(now, 100_00), planned(now, 50_00)]
    (file,) = debit_files.make_files(by=accountant, now=now)
    debit_files.hand_in(by=accountant, file=file, now=now)
    bring(accountant, statement(entry(150_00, end_to_end=file.message_id)), now)
    for payment in payments:
        payment.refresh_from_db()
        assert payment.state == Payment.State.SUCCEEDED
        assert payment.invoice is not None
        assert open_cents(payment.invoice) == 0
    assert balance("bank") == 150_00


def test_a_return_opens_the_invoice_and_tells_the_remedy(
    accountant: Any, now: datetime, run_reactions: Any
) -> None:
    payment = planned(now, 100_00)
    (file,) = debit_files.make_files(by=accountant, now=now)
    debit_files.hand_in(by=accountant, file=file, now=now)
    back = entry(-100_00, end_to_end=payment.key, reason="AC04", reference="R1")
    bring(accountant, statement(back), now)
    bring(accountant, statement(entry(100_00, end_to_end=file.message_id), number=2), now)
    payment.refresh_from_db()
    assert (payment.state, payment.reason) == ("returned", "AC04")
    assert payment.invoice is not None
    assert open_cents(payment.invoice) == 100_00
    run_reactions()
    told = Notice.objects.get(kind="subscriptions.payment_returned")
    assert told.params["invoice"] == payment.invoice.code
    assert told.url == reverse("subscriptions:invoice-pay", args=[payment.invoice.pk])


def test_the_desk_suggests_and_a_person_decides(accountant: Any, now: datetime) -> None:
    invoice = issued(line("Abo", 61_00))
    bring(accountant, statement(entry(61_00, text="Danke"), entry(-3_50, name="Bank", text="Gebühr")), now)
    credit, fee = BankLine.objects.order_by("-cents")
    assert [each.item.invoice for each in matching.suggestions(credit)] == [invoice]
    client = Client()
    client.force_login(accountant)
    page = client.get(reverse("subscriptions:staff-bank-line", args=[credit.pk])).content.decode()
    assert str(invoice.code) in page
    assert IBAN not in page
    client.post(reverse("subscriptions:staff-bank-line", args=[credit.pk]), {"invoice": invoice.code})
    assert open_cents(invoice) == 0
    client.post(reverse("subscriptions:staff-bank-line-ignore", args=[fee.pk]))
    assert list(BankLine.objects.order_by("-cents").values_list("state", flat=True)) == ["matched", "ignored"]
    with pytest.raises(Conflict):
        matching.assign_line(by=accountant, line=credit, invoice=invoice, now=now)


def test_a_look_before_the_import_books_nothing(accountant: Any, now: datetime) -> None:
    invoice = issued(line("Abo", 50_00))
    client = Client()
    client.force_login(accountant)
    upload = SimpleUploadedFile("auszug.xml", statement(entry(50_00, text=str(invoice.code))))
    answer = client.post(reverse("subscriptions:staff-statement-upload"), {"file": upload})
    assert answer.status_code == 302
    look = client.get(answer["Location"])
    assert look.context["count"] == 1
    assert not BankLine.objects.exists()
    assert client.post(answer["Location"]).status_code == 302
    assert open_cents(invoice) == 0
    assert client.get(answer["Location"]).status_code == 404
    again = client.post(
        reverse("subscriptions:staff-statement-upload"),
        {"file": SimpleUploadedFile("a.xml", statement(entry(50_00, text=str(invoice.code))))},
    )
    assert again.status_code == 422


def test_entries_that_are_only_expected_are_left_out(accountant: Any, now: datetime) -> None:
    invoice = issued(line("Abo", 50_00))
    pending = entry(50_00, text=str(invoice.code)).replace("BOOK", "PDNG")
    assert bring(accountant, statement(pending), now).lines.count() == 0
    assert OpenItem.objects.get(invoice=invoice).open_cents == 50_00
