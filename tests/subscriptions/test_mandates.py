"""Mandates: signed on the screen, one in force, masked, revoked, lapsed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Notice
from accounts.permissions import Role
from common.errors import Conflict, Invalid, NotFound
from documents.models import Signature
from subscriptions.models import BillingAccount, Creditor, Mandate
from subscriptions.payments import creditors, mandates
from tests.factories.accounts import UserFactory, company, member
from tests.factories.billing import BillingAccountFactory, set_up_creditor
from tests.factories.payments import IBAN, OTHER_IBAN, STROKES, holder_of, sign

pytestmark = pytest.mark.django_db


def test_a_mandate_is_signed_under_a_paper_and_the_account_pays_by_debit(now: datetime) -> None:
    account = BillingAccountFactory.create()
    mandate = sign(account, now=now, iban="de02 1203 0000 0000 2020 51")
    account.refresh_from_db()
    assert account.pay_by == BillingAccount.PayBy.DEBIT
    assert (mandate.iban, mandate.bic, mandate.reference) == (IBAN, "BYLADEM1001", f"{account.number}-M1")
    assert mandate.paper is not None
    assert Signature.objects.get(document=mandate.paper).sha256 == mandate.paper.sha256


def test_pages_show_only_the_end_of_the_account(now: datetime) -> None:
    account = BillingAccountFactory.create()
    sign(account, now=now)
    client = Client()
    client.force_login(holder_of(account))
    page = client.get(reverse("subscriptions:payment-methods")).content.decode()
    assert "DE•• … 2051" in page
    assert IBAN not in page


@pytest.mark.parametrize("typed", ["DE02120300000000202052", "DE02", "", "US64SVBKUS6S3300958879", "x" * 42])
def test_a_wrong_account_is_refused_beside_its_field(typed: str, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        sign(BillingAccountFactory.create(), now=now, iban=typed)
    assert refused.value.field == "iban"
    assert not Mandate.objects.exists()


def test_a_new_mandate_replaces_the_one_before(now: datetime) -> None:
    account = BillingAccountFactory.create()
    first = sign(account, now=now)
    second = sign(account, now=now + timedelta(minutes=1), iban=OTHER_IBAN)
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert mandates.active_mandate(account) == second


def test_two_in_force_are_refused_by_the_database(now: datetime) -> None:
    mandate = sign(BillingAccountFactory.create(), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(
            reference="X-M9", account=mandate.account, debtor="A", iban=IBAN, signed_at=now
        )


def test_what_was_signed_stays_even_by_sql(now: datetime) -> None:
    mandate = sign(BillingAccountFactory.create(), now=now)
    for words in ("UPDATE subscriptions_mandate SET iban = 'DE0'", "DELETE FROM subscriptions_mandate"):
        with (
            pytest.raises((InternalError, IntegrityError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{words} WHERE id = %s", [mandate.pk])


def test_a_revoked_one_ends_and_the_account_pays_by_transfer(now: datetime) -> None:
    account = BillingAccountFactory.create()
    mandate = sign(account, now=now)
    mandates.revoke_mandate(by=holder_of(account), mandate=mandate, now=now)
    account.refresh_from_db()
    assert account.pay_by == BillingAccount.PayBy.TRANSFER
    with pytest.raises(Conflict):
        mandates.revoke_mandate(by=holder_of(account), mandate=mandate, now=now)


def test_other_peoples_mandates_are_not_there(now: datetime) -> None:
    mandate = sign(BillingAccountFactory.create(), now=now)
    with pytest.raises(NotFound):
        mandates.revoke_mandate(by=UserFactory.create(), mandate=mandate, now=now)
    client = Client()
    client.force_login(UserFactory.create())
    for path in (
        reverse("subscriptions:mandate-revoke", args=[mandate.pk]),
        reverse("subscriptions:pay-by", args=[mandate.account_id]),
        reverse("subscriptions:account-mandate-sign", args=[mandate.account_id]),
    ):
        assert client.post(path).status_code == 404
    assert client.get(reverse("documents:document-detail", args=[mandate.paper_id])).status_code == 404


def test_a_fleet_manager_signs_for_the_organisation_and_a_driver_does_not(now: datetime) -> None:
    boss = UserFactory.create()
    organisation = company(boss)
    driver = member(organisation, "driver")
    account = BillingAccountFactory.create(holder=None, organisation=organisation)
    assert sign(account, now=now, by=boss).account == account
    with pytest.raises(NotFound):
        sign(account, now=now, by=driver)


@pytest.mark.parametrize(("day", "ended"), [(23, 0), (24, 1)])
def test_it_lapses_after_36_months_without_a_collection(day: int, ended: int) -> None:
    account = BillingAccountFactory.create()
    sign(account, now=datetime(2023, 11, 24, 10, tzinfo=UTC))
    assert mandates.lapse_unused(now=datetime(2026, 11, day, 10, tzinfo=UTC)) == ended
    account.refresh_from_db()
    assert (account.pay_by == BillingAccount.PayBy.TRANSFER) is bool(ended)


def test_a_collection_keeps_it_alive(now: datetime) -> None:
    mandate = sign(BillingAccountFactory.create(), now=datetime(2023, 11, 1, tzinfo=UTC))
    Mandate.objects.filter(pk=mandate.pk).update(last_used_on=datetime(2024, 1, 8, tzinfo=UTC).date())
    assert mandates.lapse_unused(now=now) == 0


def test_the_page_signs_once_and_the_debtor_is_told(now: datetime, run_reactions: Any) -> None:
    set_up_creditor()
    user = UserFactory.create()
    client = Client()
    client.force_login(user)
    path = reverse("subscriptions:mandate-sign")
    assert b"DE98ZZZ09999999999" in client.get(path).content
    typed = {
        "debtor": "Karla Lund",
        "iban": IBAN,
        "signer_name": "Karla Lund",
        "strokes": str(STROKES),
        "idempotency_key": "once",
    }
    for _press in range(2):
        assert client.post(path, typed).status_code == 302
    mandate = Mandate.objects.get()
    assert mandate.account.holder == user
    run_reactions()
    assert Notice.objects.filter(user=user, kind="subscriptions.mandate_signed").count() == 1


def test_a_wrong_iban_keeps_what_was_typed(now: datetime) -> None:
    set_up_creditor()
    client = Client()
    client.force_login(UserFactory.create())
    typed = {"debtor": "Karla Lund", "iban": "DE00", "signer_name": "Karla Lund", "strokes": str(STROKES)}
    answer = client.post(reverse("subscriptions:mandate-sign"), typed)
    assert answer.status_code == 422
    assert "iban" in answer.context["form"].errors
    assert b"DE00" in answer.content


def test_without_an_identifier_of_the_house_nobody_signs(now: datetime) -> None:
    set_up_creditor(creditor_id="")
    client = Client()
    client.force_login(UserFactory.create())
    assert b"strokes" not in client.get(reverse("subscriptions:mandate-sign")).content


def typed_creditor(**values: Any) -> creditors.BankAndTax:
    return creditors.BankAndTax(
        **{
            "name": "Nordlicht GmbH",
            "iban": "DE89 3704 0044 0532 0130 00",
            "creditor_id": "DE98 ZZZ 0999 9999 999",
            "tax_number": "181/815/08155",
            **values,
        }
    )


def test_the_house_enters_its_bank_and_tax_data(now: datetime) -> None:
    by = UserFactory.create(role=Role.ACCOUNTANT)
    creditors.change_creditor(by=by, typed=typed_creditor(), now=now)
    row = Creditor.objects.get()
    assert (row.iban, row.bic, row.creditor_id) == (
        "DE89370400440532013000",
        "COBADEFFXXX",
        "DE98ZZZ09999999999",
    )
    assert creditors.is_set_up()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("iban", "DE89370400440532013001"),
        ("bic", "NO"),
        ("creditor_id", "DE97ZZZ09999999999"),
        ("tax_number", "1234"),
        ("vat_id", "DE136695975"),
        ("prenotice_days", 0),
        ("reminder_fee_cents", 501),
        ("business_fee_cents", 4001),
        ("name", " "),
    ],
)
def test_wrong_data_of_the_house_are_refused_beside_their_field(
    field: str, value: Any, now: datetime
) -> None:
    by = UserFactory.create(role=Role.ACCOUNTANT)
    with pytest.raises(Invalid) as refused:
        creditors.change_creditor(by=by, typed=typed_creditor(**{field: value}), now=now)
    assert refused.value.field == field


def test_the_set_up_page_saves_for_accountants_only(now: datetime) -> None:
    client, path = Client(), reverse("subscriptions:setup-creditor")
    client.force_login(UserFactory.create())
    assert client.get(path).status_code == 403
    client.force_login(UserFactory.create(role=Role.ACCOUNTANT))
    typed = {
        "name": "Nordlicht GmbH",
        "iban": "DE89370400440532013000",
        "tax_number": "181/815/08155",
        "payment_days": 14,
        "prenotice_days": 3,
        "reminder_fee_cents": 120,
        "business_fee_cents": 0,
    }
    assert client.post(path, typed).status_code == 302
    assert Creditor.objects.get().prenotice_days == 3
    assert client.post(path, {**typed, "iban": "DE1"}).status_code == 422
