"""A button pressed twice does one thing, and both presses end on the same page; for guests, too."""

import re
import uuid
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.models import Report
from subscriptions.models import Contract, Declaration
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.community import open_topic, reply
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import VehicleModelFactory, own
from vehicles import handover
from vehicles.models import ClaimCode, Ownership, Share, Transfer, Vehicle

pytestmark = pytest.mark.django_db
VIN = "WNLN5BZZZTH000900"
DECLARED = {"name": "Karla Lund", "email": "karla@example.org", "contract_hint": "Akku-Abo, HH NL 512E"}
REPORTED = {
    "reason": "insult",
    "explanation": "Das ist eine Beleidigung.",
    "good_faith": "on",
    "notifier_name": "Karla",
    "notifier_email": "karla@example.org",
}


@pytest.fixture
def anna() -> Any:
    return UserFactory.create()


@pytest.fixture
def browser(anna: Any, sign_in_now: Any) -> Client:
    return sign_in_now(anna)


@pytest.fixture
def sign_in_now(client: Client) -> Any:
    def sign_in(user: Any) -> Client:
        # By the form: giving a car away asks for a fresh proof.
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        assert "_auth_user_id" in client.session
        return client

    return sign_in


def press_twice(browser: Client, url: str, typed: dict[str, Any]) -> list[Any]:
    key = re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', browser.get(url).text)
    assert key, "the form carries no key"
    answers = [browser.post(url, {**typed, "idempotency_key": key[1]}) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    said = [str(message) for message in get_messages(answers[1].wsgi_request)]
    assert said, "the page after the second press says nothing"
    assert len(set(said)) == 1
    return answers


def test_inviting_twice_sends_one_invitation(browser, anna):
    url = reverse("vehicles:vehicle-access", args=[own(anna).pk])
    press_twice(browser, url, {"email": "ben@example.org", "rights": ["drive"], "scope": "basic"})
    assert Share.objects.count() == 1


def test_offering_a_car_twice_makes_one_offer(browser, anna):
    press_twice(
        browser, reverse("vehicles:transfer-offer", args=[own(anna).pk]), {"email": "ben@example.org"}
    )
    assert Transfer.objects.count() == 1


def test_adding_a_car_twice_adds_it_once(browser):
    done = handover.hand_over_vehicle(
        by=UserFactory.create(role="staff"), vin=VIN, model=VehicleModelFactory.create(), now=timezone.now()
    )
    press_twice(browser, reverse("vehicles:vehicle-add"), {"vin": VIN, "code": done.code})
    assert Ownership.objects.filter(vehicle=done.vehicle).count() == 1


def test_a_car_entered_twice_leads_to_the_car_and_keeps_the_code_that_was_shown(sign_in_now):
    browser = sign_in_now(UserFactory.create(role="staff"))
    typed = {"vin": VIN, "model": VehicleModelFactory.create().pk, "colour": "fjord"}
    typed["idempotency_key"] = uuid.uuid4().hex
    url = reverse("vehicles:staff-hand-over")
    first = browser.post(url, typed)
    code = re.search(r"NL-\w{4}-\w{3}", first.text)
    again = browser.post(url, typed)
    assert again["Location"] == reverse("vehicles:staff-vehicle", args=[Vehicle.objects.get().pk])
    assert [str(said) for said in get_messages(again.wsgi_request)]
    assert ClaimCode.objects.count() == 1
    assert code
    handover.claim_vehicle(by=UserFactory.create(), vin=VIN, code=code[0], now=timezone.now())


def test_cancelling_a_contract_twice_cancels_it_once(browser, anna):
    contract = subscribed(anna, own(anna), version=offer_plan(), now=timezone.now())
    press_twice(browser, reverse("subscriptions:contract-cancel", args=[contract.pk]), {})
    assert Contract.objects.get().cancelled_at is not None


@pytest.mark.parametrize("guest", [True, False])
@pytest.mark.parametrize(
    ("name", "more"), [("cancel-public", {"manner": "ordinary"}), ("withdraw-public", {})]
)
def test_declaring_twice_keeps_one_declaration(client, anna, name, more, guest):
    if not guest:
        client.force_login(anna)
    url = reverse(f"subscriptions:{name}")
    key = re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', client.get(url).text)
    assert key
    typed = {**DECLARED, **more, "idempotency_key": key[1]}
    answers = [client.post(url, typed) for _press in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Declaration.objects.get().code in client.get(answers[1]["Location"]).text


def test_two_guests_who_declare_the_same_keep_two_declarations(client):
    url = reverse("subscriptions:withdraw-public")
    for guest in (client, Client()):
        key = re.search(r'name="idempotency_key" value="([0-9a-f]{32})"', guest.get(url).text)
        assert key
        guest.post(url, {**DECLARED, "idempotency_key": key[1]})
    assert Declaration.objects.count() == 2


@pytest.mark.parametrize("guest", [True, False])
def test_reporting_twice_gives_one_receipt(client, anna, guest):
    now = timezone.now()
    post = reply(open_topic(now=now), now=now)
    if not guest:
        client.force_login(anna)
    typed = REPORTED if guest else {key: REPORTED[key] for key in ("reason", "explanation", "good_faith")}
    answers = press_twice(client, reverse("community:report-create", args=[post.pk]), typed)
    assert Report.objects.get().code in client.get(answers[1]["Location"]).text


def test_an_address_of_any_length_keeps_its_key(browser, anna):
    car = own(anna)
    url = reverse("vehicles:transfer-offer", args=[car.pk]).replace(f"/{car.pk}/", f"/{car.pk:0300d}/")
    press_twice(browser, url, {"email": "ben@example.org"})
    assert Transfer.objects.count() == 1
