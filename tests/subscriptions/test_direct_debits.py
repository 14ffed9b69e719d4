"""Direct debits: announced, on days of TARGET, in files that banks take, tried again."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from accounts.models import Notice
from accounts.permissions import Role
from common.errors import Conflict, NotFound
from subscriptions.models import BillingAccount, DebitFile, Mandate, OpenItem, Payment
from subscriptions.payments import allocating, banking, debit_files, debits, mandates
from tests.factories.accounts import UserFactory
from tests.factories.billing import BillingAccountFactory, issued, line
from tests.factories.payments import IBAN, OTHER_IBAN, holder_of, open_books, sign, text_of

pytestmark = pytest.mark.django_db
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}


def planned(now: datetime, cents: int = 169_00, due: date = date(2026, 11, 27), **said: Any) -> Payment:
    """An announced debit of a fresh invoice of a fresh account."""
    account = said.get("account") or BillingAccountFactory.create()
    if mandates.active_mandate(account) is None:
        sign(account, now=now)
        account.refresh_from_db()
    invoice = issued(line("Akku-Abo", cents), account=account, due_on=due)
    payment = debits.plan_debit(invoice=invoice, now=now)
    assert payment is not None
    return payment


@pytest.mark.parametrize(
    ("day", "next_day"),
    [
        ((2026, 11, 28), (2026, 11, 30)),  # Saturday
        ((2026, 12, 24), (2026, 12, 24)),  # banks move money on Christmas Eve
        ((2026, 12, 25), (2026, 12, 28)),
        ((2027, 3, 26), (2027, 3, 30)),  # Good Friday to Easter Monday
        ((2027, 10, 3), (2027, 10, 4)),
        ((2026, 10, 31), (2026, 11, 2)),
    ],
)
def test_money_moves_on_days_of_target(day: Any, next_day: Any) -> None:
    assert banking.target_day(date(*day)) == date(*next_day)


def test_it_is_collected_when_due_and_never_sooner_than_announced(now: datetime) -> None:
    soon = planned(now, due=date(2026, 11, 25))
    assert soon.collect_on == date(2026, 11, 30)  # 29 November is a Sunday
    assert planned(now, due=date(2026, 12, 7)).collect_on == date(2026, 12, 7)


def test_the_day_is_berlins(now: datetime) -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # 25 November in Berlin
    assert planned(late, due=date(2026, 11, 20)).collect_on == date(2026, 11, 30)


def test_the_debtor_hears_amount_day_mandate_and_creditor(now: datetime, run_reactions: Any) -> None:
    payment = planned(now)
    run_reactions()
    told = Notice.objects.get(kind="subscriptions.debit_announced").params
    assert told["amount"] == "169,00\N{NO-BREAK SPACE}€"
    assert (told["day"], told["creditor"]) == ("30.11.2026", "DE98ZZZ09999999999")
    assert payment.mandate is not None
    assert (told["reference"], told["iban"]) == (payment.mandate.reference, "DE•• … 2051")


def test_an_invoice_is_announced_once(now: datetime) -> None:
    payment = planned(now)
    assert payment.invoice is not None
    assert debits.plan_debit(invoice=payment.invoice, now=now) is None
    assert debits.announcement_of(payment.invoice) == payment


def test_who_pays_by_transfer_is_not_debited(now: datetime) -> None:
    account = BillingAccountFactory.create()
    assert debits.plan_debit(invoice=issued(account=account), now=now) is None


def test_a_file_holds_what_is_due_and_the_bank_takes_it(now: datetime) -> None:
    by = UserFactory.create(role=Role.ACCOUNTANT)
    one, two = planned(now, 169_00), planned(now, 99)
    planned(now, due=date(2027, 1, 11))
    (file,) = debit_files.make_files(by=by, now=now)
    assert file.collection_on == date(2026, 11, 30)
    assert file.paper is not None
    tree = etree.fromstring(text_of(file.paper).encode())

    def said(path: str) -> list[str]:
        return [node.text or "" for node in tree.iterfind(f".//p:{path.replace('/', '/p:')}", SPACE)]

    assert said("GrpHdr/MsgId") == said("PmtInf/PmtInfId") == [file.message_id]
    assert said("GrpHdr/CreDtTm") == ["2026-11-24T09:00:00"]  # Berlin
    assert said("GrpHdr/CtrlSum") == ["169.99"]
    assert said("EndToEndId") == [one.key, two.key]
    assert said("DbtrAcct/Id/IBAN") == [IBAN, IBAN]
    assert said("ReqdColltnDt") == ["2026-11-30"]
    assert set(said("LclInstrm/Cd")) == {"CORE"}


def test_a_file_is_handed_in_once_and_keeps_the_mandate_alive(now: datetime) -> None:
    by = UserFactory.create(role=Role.ACCOUNTANT)
    payment = planned(now)
    (file,) = debit_files.make_files(by=by, now=now)
    debit_files.hand_in(by=by, file=file, now=now)
    payment.refresh_from_db()
    assert payment.state == Payment.State.SUBMITTED
    assert Mandate.objects.get().last_used_on == file.collection_on
    with pytest.raises(Conflict):
        debit_files.hand_in(by=by, file=file, now=now)
    with pytest.raises(mandates.MandateInUse):
        mandates.revoke_mandate(by=holder_of(payment.account), mandate=Mandate.objects.get(), now=now)


def test_what_was_paid_meanwhile_is_not_collected(now: datetime) -> None:
    open_books()
    by = UserFactory.create(role=Role.ACCOUNTANT)
    whole, part = planned(now, 100_00), planned(now, 100_00)
    for payment, cents in ((whole, 100_00), (part, 30_00)):
        allocating.receive(
            account=payment.account,
            method="transfer",
            cents=cents,
            received_on=now.date(),
            key=f"bank:{payment.pk}",
            now=now,
        )
    debit_files.make_files(by=by, now=now)
    whole.refresh_from_db()
    part.refresh_from_db()
    assert (whole.state, whole.reason) == (Payment.State.FAILED, "paid_otherwise")
    assert part.cents == 70_00


def test_a_late_file_collects_on_the_first_day_that_the_bank_takes(now: datetime) -> None:
    by = UserFactory.create(role=Role.ACCOUNTANT)
    planned(now)
    friday = datetime(2026, 12, 4, 15, tzinfo=UTC)
    (file,) = debit_files.make_files(by=by, now=friday)
    assert file.collection_on == date(2026, 12, 7)


def test_a_revoked_mandate_takes_its_announcement_along(now: datetime) -> None:
    payment = planned(now)
    assert payment.mandate is not None
    mandates.revoke_mandate(by=holder_of(payment.account), mandate=payment.mandate, now=now)
    payment.refresh_from_db()
    assert payment.state == Payment.State.FAILED
    with pytest.raises(debit_files.NothingDue):
        debit_files.make_files(by=UserFactory.create(role=Role.ACCOUNTANT), now=now)


def test_another_bank_account_collects_what_is_open(now: datetime, run_reactions: Any) -> None:
    payment = planned(now)
    sign(payment.account, now=now, iban=OTHER_IBAN)
    run_reactions()
    assert payment.invoice is not None
    again = debits.announcement_of(payment.invoice)
    assert again is not None
    assert again.mandate is not None
    assert again.mandate.iban == OTHER_IBAN


def test_the_owner_tries_again_from_the_page_of_the_invoice(now: datetime) -> None:
    open_books()
    payment = planned(now)
    by = UserFactory.create(role=Role.ACCOUNTANT)
    (file,) = debit_files.make_files(by=by, now=now)
    debit_files.hand_in(by=by, file=file, now=now)
    allocating.take_back(payment=payment, reason="AM04", returned_on=date(2026, 12, 1), now=now)
    client = Client()
    client.force_login(holder_of(payment.account))
    assert payment.invoice is not None
    path = reverse("subscriptions:invoice-pay", args=[payment.invoice.pk])
    page = client.get(path).content.decode()
    assert "data:image/svg+xml" in page
    assert reverse("subscriptions:debit-retry", args=[payment.invoice.pk]) in page
    client.post(reverse("subscriptions:debit-retry", args=[payment.invoice.pk]))
    again = debits.announcement_of(payment.invoice)
    assert again is not None
    assert again.key == f"{payment.invoice.code}-2"


def test_strangers_neither_see_nor_collect(now: datetime) -> None:
    payment = planned(now)
    assert payment.invoice is not None
    stranger = UserFactory.create()
    with pytest.raises(NotFound):
        debits.retry_debit(by=stranger, invoice=payment.invoice, now=now)
    client = Client()
    client.force_login(stranger)
    assert client.get(reverse("subscriptions:invoice-pay", args=[payment.invoice.pk])).status_code == 404
    assert client.post(reverse("subscriptions:debit-retry", args=[payment.invoice.pk])).status_code == 404


def test_nothing_open_is_not_tried_again(now: datetime) -> None:
    account = BillingAccountFactory.create()
    sign(account, now=now)
    invoice = issued(account=account)
    OpenItem.objects.filter(invoice=invoice).update(open_cents=0, settled_at=now)
    with pytest.raises(debits.NothingToCollect):
        debits.retry_debit(by=holder_of(account), invoice=invoice, now=now)


def test_staff_make_and_hand_in_the_file_on_its_page(now: datetime) -> None:
    from django.utils import timezone

    today = timezone.now()
    planned(today, due=today.date())
    client = Client()
    client.force_login(UserFactory.create(role=Role.ACCOUNTANT))
    page = reverse("subscriptions:staff-debit-files")
    Payment.objects.update(collect_on=today.date())
    assert client.get(page).context["due_count"] == 1
    client.post(reverse("subscriptions:staff-debit-files-make"))
    file = DebitFile.objects.get()
    assert file.message_id in client.get(page).content.decode()
    answer = client.get(reverse("documents:document-detail", args=[file.paper_id]))
    assert answer["Content-Disposition"].startswith("attachment")
    client.post(reverse("subscriptions:staff-debit-file-hand-in", args=[file.pk]))
    assert Payment.objects.get().state == Payment.State.SUBMITTED
    owner = Client()
    owner.force_login(holder_of(BillingAccount.objects.get()))
    assert owner.get(reverse("documents:document-detail", args=[file.paper_id])).status_code == 404
