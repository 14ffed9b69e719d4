"""Subscriptions over the API: the twins of the pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common import civil
from subscriptions.models import Contract, Plan
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import PlanVersionFactory, offer_plan, subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db
PLANS, SUBSCRIPTIONS = "/api/v1/plans/", "/api/v1/subscriptions/"


def caller(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(path, body or {}, content_type="application/json", headers=headers)


def test_plans_are_listed_for_everybody_with_the_version_on_sale(client: Client) -> None:
    version = offer_plan()
    body = client.get(PLANS).json()
    assert set(body) == {"results", "next", "previous"}
    (plan,) = body["results"]
    assert plan["code"] == version.plan.code
    assert plan["plan_version"] == version.pk
    assert (plan["price_cents"], plan["currency"], plan["vat_rate"]) == (169_00, "EUR", "0.190")
    assert plan["allowances"] == [{"unit": "swap", "included": 2, "overage_cents": 1000}]


def test_plans_are_filtered_by_kind(client: Client) -> None:
    offer_plan()
    offer_plan(plan={"kind": Plan.Kind.CHARGING, "code": "charging"})
    found = client.get(PLANS, {"kind": "charging"}).json()["results"]
    assert [plan["code"] for plan in found] == ["charging"]


def test_an_app_subscribes_for_a_car() -> None:
    user = UserFactory.create()
    car, version = own(user), offer_plan()
    answer = post(caller(user), SUBSCRIPTIONS, {"plan": version.plan.code, "vehicle": car.pk})
    assert answer.status_code == 201
    body = answer.json()
    assert body["plan"] == version.plan.code
    assert body["vehicle"] == car.pk
    assert body["starts_on"] == civil.local_date(timezone.now()).isoformat()
    assert body["status"] == "active"
    assert body["offer_text"]


def test_the_same_key_answers_the_same_again() -> None:
    user = UserFactory.create()
    car, version = own(user), offer_plan()
    client = caller(user)
    body = {"plan": version.plan.code, "vehicle": car.pk}
    first = post(client, SUBSCRIPTIONS, body, **{"Idempotency-Key": "k-1"})
    second = post(client, SUBSCRIPTIONS, body, **{"Idempotency-Key": "k-1"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Contract.objects.count() == 1
    start = {"starts_on": "2099-01-01"}
    assert post(client, SUBSCRIPTIONS, {**body, **start}, **{"Idempotency-Key": "k-1"}).status_code == 422


def test_a_second_battery_for_the_car_is_a_conflict() -> None:
    user = UserFactory.create()
    car = own(user)
    subscribed(user, car, now=timezone.now())
    answer = post(caller(user), SUBSCRIPTIONS, {"plan": offer_plan().plan.code, "vehicle": car.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_subscribed")


def test_a_version_that_is_no_longer_on_sale_is_refused() -> None:
    user = UserFactory.create()
    car, seen = own(user), offer_plan()
    today = civil.local_date(timezone.now())
    PlanVersionFactory.create(plan=seen.plan, number=99, price_cents=189_00, valid_from=today)
    body = {"plan": seen.plan.code, "vehicle": car.pk, "plan_version": seen.pk}
    answer = post(caller(user), SUBSCRIPTIONS, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "offer_changed")
    assert not Contract.objects.exists()


def test_other_people_s_cars_and_contracts_do_not_exist() -> None:
    user = UserFactory.create()
    car = own(user)
    contract = subscribed(user, car, now=timezone.now())
    stranger = caller(UserFactory.create())
    assert post(stranger, SUBSCRIPTIONS, {"plan": contract.plan.code, "vehicle": car.pk}).status_code == 404
    assert stranger.get(f"{SUBSCRIPTIONS}{contract.pk}/").status_code == 404
    assert post(stranger, f"{SUBSCRIPTIONS}{contract.pk}/cancel/").status_code == 404
    assert stranger.get(SUBSCRIPTIONS).json()["results"] == []
    contract.refresh_from_db()
    assert contract.ends_on is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"plan": "gibt-es-nicht", "vehicle": 1}, 404),
        ({"plan": "x" * 41}, 400),
        ({"plan": None}, 400),
        ({"plan": "battery", "vehicle": 10**30}, 400),
        ({"plan": "battery", "vehicle": None}, 400),
        ({"plan": "battery", "starts_on": "31.02.2027"}, 400),
    ],
)
def test_malformed_orders_are_refused_and_not_an_error_of_ours(body: dict[str, Any], status: int) -> None:
    offer_plan(plan={"code": "battery"})
    answer = post(caller(UserFactory.create()), SUBSCRIPTIONS, body)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_an_owner_cancels_and_sees_the_end() -> None:
    user = UserFactory.create()
    start = date(2026, 1, 1)
    contract = subscribed(user, own(user), now=timezone.now())
    client = caller(user)
    answer = post(client, f"{SUBSCRIPTIONS}{contract.pk}/cancel/")
    assert answer.status_code == 200
    ends_on = date.fromisoformat(answer.json()["ends_on"])
    assert start < ends_on <= civil.local_date(timezone.now()) + timedelta(days=31)
    again = post(client, f"{SUBSCRIPTIONS}{contract.pk}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


def test_guests_have_no_subscriptions(client: Client) -> None:
    assert client.get(SUBSCRIPTIONS).status_code == 401
    assert post(client, SUBSCRIPTIONS, {"plan": "battery"}).status_code == 401


def test_lists_take_the_same_queries_for_one_and_for_many(django_assert_max_num_queries: Any) -> None:
    few, many = UserFactory.create(), UserFactory.create()
    version = offer_plan()
    counts = []
    for user, count in ((few, 1), (many, 8)):
        for _number in range(count):
            subscribed(user, own(user), version=version, now=timezone.now())
        client = caller(user)
        client.get(SUBSCRIPTIONS)
        with django_assert_max_num_queries(5) as taken:
            assert len(client.get(SUBSCRIPTIONS).json()["results"]) == count
        counts.append(len(taken.captured_queries))
    assert counts[0] == counts[1]
