"""Mandates and payments over the API: the twins of the pages."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from subscriptions.models import Mandate
from tests.factories.accounts import UserFactory
from tests.factories.billing import BillingAccountFactory, set_up_creditor
from tests.factories.payments import IBAN, sign
from tests.subscriptions.test_direct_debits import planned

pytestmark = pytest.mark.django_db
MANDATES, PAYMENTS = "/api/v1/mandates/", "/api/v1/payments/"
TYPED = {"debtor": "Karla Lund", "iban": IBAN, "signer_name": "Karla Lund"}


def caller(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_app_signs_once_under_its_key_and_revokes() -> None:
    set_up_creditor()
    client = caller(UserFactory.create())
    for _try in range(2):
        answer = client.post(
            MANDATES, TYPED, content_type="application/json", headers={"Idempotency-Key": "a"}
        )
        assert answer.status_code == 201
    body = answer.json()
    assert Mandate.objects.count() == 1
    assert (body["iban"], body["active"]) == ("DE•• … 2051", True)
    assert IBAN not in answer.content.decode()
    assert client.post(f"{MANDATES}{body['id']}/revoke/").json()["active"] is False
    assert client.post(f"{MANDATES}{body['id']}/revoke/").status_code == 409


def test_a_wrong_iban_is_a_problem_with_a_code() -> None:
    set_up_creditor()
    answer = caller(UserFactory.create()).post(
        MANDATES, {**TYPED, "iban": "DE00"}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "iban_wrong"


def test_other_peoples_are_not_there(now: datetime) -> None:
    account = BillingAccountFactory.create()
    mandate = sign(account, now=now)
    payment = planned(now, account=account)
    stranger = caller(UserFactory.create())
    assert stranger.get(MANDATES).json()["results"] == []
    assert stranger.get(f"{MANDATES}{mandate.pk}/").status_code == 404
    assert stranger.post(f"{MANDATES}{mandate.pk}/revoke/").status_code == 404
    assert stranger.get(f"{PAYMENTS}{payment.pk}/").status_code == 404
    answer = stranger.post(MANDATES, {**TYPED, "account": account.pk}, content_type="application/json")
    assert answer.status_code == 404
    mine = caller(account.holder).get(PAYMENTS).json()["results"]
    assert [(each["id"], each["state"], each["cents"]) for each in mine] == [(payment.pk, "planned", 169_00)]
