"""Changing a contract on its pages and by API: shown first, agreed once, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.civil import local_date
from subscriptions.models import Contract, ContractChange
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client: Client) -> User:
    found: User = UserFactory.create()
    client.force_login(found)
    return found


@pytest.fixture
def contract(user: User) -> Contract:
    return subscribed(user, own(user), now=timezone.now(), version=offer_plan(price_cents=169_00))


def page(contract: Contract) -> str:
    return reverse("subscriptions:contract-change", args=[contract.pk])


def sent(answer: Any) -> dict[str, Any]:
    """What the page's form sends back."""
    form = answer.context["form"]
    shown = {name: form.initial.get(name) for name in form.fields}
    return {
        **{name: value for name, value in shown.items() if value not in (None, "")},
        "idempotency_key": answer.context["idempotency_key"],
    }


def test_a_flex_upgrade_is_shown_and_booked_once(client: Client, user: User, contract: Contract) -> None:
    version = offer_plan(price_cents=289_00, flex_day_cents=12_00, flex_cap_cents=220_00)
    chosen = client.get(page(contract))
    assert version.plan.code in chosen.content.decode()
    review = client.get(f"{page(contract)}?what=flex&plan={version.plan.code}&days=3")
    assert review.status_code == 200
    assert "36,00" in review.content.decode()
    assert "Zahlungspflichtig buchen" in review.content.decode()
    answers = [client.post(page(contract), sent(review)) for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    change = ContractChange.objects.get()
    assert (change.kind, change.ends_on) == ("flex", change.starts_on + timedelta(days=3))


def test_a_price_that_was_not_shown_is_not_agreed(client: Client, user: User, contract: Contract) -> None:
    version = offer_plan(price_cents=289_00)
    review = client.get(page(contract), {"what": "switch", "plan": version.plan.code})
    answer = client.post(page(contract), {**sent(review), "offer_hash": "0" * 64})
    assert answer.status_code == 422
    assert answer.context["planned"].hash == review.context["planned"].hash
    assert not ContractChange.objects.exists()


def test_what_is_impossible_says_why_and_keeps_what_was_typed(
    client: Client, user: User, contract: Contract
) -> None:
    version = offer_plan(price_cents=289_00, flex_day_cents=12_00)
    asked = f"what=flex&plan={version.plan.code}&days=99&starts_on=2031-01-01"
    answer = client.get(f"{page(contract)}?{asked}")
    assert answer.status_code == 422
    assert 'value="2031-01-01"' in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_a_downgrade_is_taken_back_on_the_contract_s_page(client: Client, user: User) -> None:
    contract = subscribed(user, own(user), now=timezone.now(), version=offer_plan(price_cents=289_00))
    version = offer_plan(price_cents=169_00)
    review = client.get(page(contract), {"what": "switch", "plan": version.plan.code})
    client.post(page(contract), sent(review))
    change = ContractChange.objects.get()
    detail = reverse("subscriptions:contract-detail", args=[contract.pk])
    address = reverse("subscriptions:change-take-back", args=[contract.pk, change.pk])
    assert address in client.get(detail).content.decode()
    assert client.post(address).status_code == 302
    assert address not in client.get(detail).content.decode()


def test_strangers_find_nothing(client: Client, contract: Contract) -> None:
    client.force_login(UserFactory.create())
    assert client.get(page(contract)).status_code == 404
    assert client.post(page(contract), {"what": "resume"}).status_code == 404


def test_the_api_previews_and_changes_what_was_shown(client: Client, user: User, contract: Contract) -> None:
    version = offer_plan(price_cents=289_00, flex_day_cents=12_00)
    day = local_date(timezone.now()) + timedelta(days=1)
    asked = {
        "what": "flex",
        "plan": version.plan.code,
        "starts_on": day.isoformat(),
        "ends_on": (day + timedelta(days=2)).isoformat(),
    }
    base = f"/api/v1/subscriptions/{contract.pk}"
    seen = client.post(f"{base}/preview/", asked, content_type="application/json").json()
    assert (seen["kind"], seen["today_cents"], seen["net"]) == ("flex", 24_00, False)
    wrong = client.post(f"{base}/change/", {**asked, "offer_hash": "x"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "offer_changed")
    agreed = client.post(
        f"{base}/change/", {**asked, "offer_hash": seen["offer_hash"]}, content_type="application/json"
    )
    assert agreed.status_code == 200
    assert ContractChange.objects.get().kind == "flex"
    client.force_login(UserFactory.create())
    assert client.post(f"{base}/preview/", asked, content_type="application/json").status_code == 404
