"""What people see and press: plans, the order, their contracts."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common import civil
from subscriptions.contracts import offers
from subscriptions.models import Contract, Plan, PlanVersion
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import PlanVersionFactory, offer_plan, subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def order_fields(version: PlanVersion, car: Any, *, language: str = "de", **changes: Any) -> dict[str, Any]:
    """What the review page sends when the button is pressed."""
    today = civil.local_date(timezone.now())
    offer = offers.render_offer(plan_version=version, vehicle=car, starts_on=today, language=language)
    return {
        "idempotency_key": "einmal",
        "plan_version": version.pk,
        "offer_hash": offer.hash,
        "vehicle": car.pk,
        "starts_on": today.isoformat(),
        **changes,
    }


# --- Plans


def test_visitors_compare_plans_with_price_term_and_what_is_included(client: Client) -> None:
    version = offer_plan(term_months=12)
    home = text_of(client.get(reverse("subscriptions:home")))
    assert "169,00\N{NO-BREAK SPACE}€" in home
    assert "2\N{NO-BREAK SPACE}Akkutausche im Monat" in home
    detail = text_of(client.get(reverse("subscriptions:plan-detail", args=[version.plan.code])))
    assert "12\N{NO-BREAK SPACE}Monate" in detail


def test_drafts_and_plans_no_longer_offered_are_not_shown(client: Client) -> None:
    draft = offer_plan(plan={"name_de": "Entwurf"}, published_at=None)
    old = offer_plan(plan={"name_de": "Altes Abo", "is_offered": False})
    home = text_of(client.get(reverse("subscriptions:home")))
    assert "Entwurf" not in home
    assert "Altes Abo" not in home
    for version in (draft, old):
        assert client.get(reverse("subscriptions:plan-detail", args=[version.plan.code])).status_code == 404


@pytest.mark.parametrize("count", [1, 10])
def test_the_plans_take_two_queries_however_many(
    client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        offer_plan()
    with django_assert_max_num_queries(2):
        client.get(reverse("subscriptions:home"))


# --- Ordering


def test_ordering_asks_a_visitor_to_sign_in(client: Client) -> None:
    version = offer_plan()
    answer = client.get(reverse("subscriptions:contract-order", args=[version.plan.code]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_the_essential_terms_stand_directly_above_the_button() -> None:
    """BGB §312j(2) and (3): nothing between the terms and a button that says only that."""
    user = UserFactory.create()
    car, version = own(user), offer_plan(term_months=12)
    today = civil.local_date(timezone.now())
    page = text_of(
        signed_in(user).get(
            reverse("subscriptions:contract-order", args=[version.plan.code]),
            {"vehicle": str(car.pk), "starts_on": today.isoformat()},
        )
    )
    terms, _gap, button = page.partition("Zahlungspflichtig bestellen")
    assert re.search(r"<button[^>]*>\s*$", terms)
    assert button.lstrip().startswith("</button>")
    for words in ("169,00\N{NO-BREAK SPACE}€", "12\N{NO-BREAK SPACE}Monate", "widerrufen", car.plate):
        assert words in terms
    assert page.count("Zahlungspflichtig bestellen") == 1


def test_pressing_the_button_concludes_the_contract_and_shows_it(deliver_outbox: Callable[[], int]) -> None:
    user = UserFactory.create()
    car, version = own(user), offer_plan()
    client = signed_in(user)
    url = reverse("subscriptions:contract-order", args=[version.plan.code])
    answer = client.post(url, order_fields(version, car), follow=True)
    contract = Contract.objects.get()
    assert answer.redirect_chain == [(reverse("subscriptions:contract-detail", args=[contract.pk]), 302)]
    assert contract.code in text_of(answer)
    deliver_outbox()
    assert [letter.to for letter in mail.outbox] == [[user.email]]


def test_a_double_click_makes_one_contract_and_one_mail(deliver_outbox: Callable[[], int]) -> None:
    user = UserFactory.create()
    car, version = own(user), offer_plan()
    client = signed_in(user)
    url = reverse("subscriptions:contract-order", args=[version.plan.code])
    first = client.post(url, order_fields(version, car))
    second = client.post(url, order_fields(version, car))
    assert first["Location"] == second["Location"]
    assert Contract.objects.count() == 1
    deliver_outbox()
    assert len(mail.outbox) == 1


def test_a_price_that_changed_shows_the_new_terms_and_orders_nothing() -> None:
    user = UserFactory.create()
    car, seen = own(user), offer_plan()
    fields = order_fields(seen, car)
    today = civil.local_date(timezone.now())
    PlanVersionFactory.create(plan=seen.plan, number=99, price_cents=189_00, valid_from=today)
    url = reverse("subscriptions:contract-order", args=[seen.plan.code])
    answer = signed_in(user).post(url, fields)
    assert answer.status_code == 422
    assert "189,00\N{NO-BREAK SPACE}€" in text_of(answer)
    assert "geändert" in text_of(answer)
    assert not Contract.objects.exists()


def test_a_car_of_somebody_else_can_not_be_ordered_for() -> None:
    user, version = UserFactory.create(), offer_plan()
    own(user)
    foreign = own(UserFactory.create())
    url = reverse("subscriptions:contract-order", args=[version.plan.code])
    assert signed_in(user).post(url, order_fields(version, foreign)).status_code in (404, 422)
    assert not Contract.objects.exists()


def test_a_car_that_has_a_battery_contract_says_so_in_words() -> None:
    user = UserFactory.create()
    car = own(user)
    subscribed(user, car, now=timezone.now())
    other = offer_plan()
    url = reverse("subscriptions:contract-order", args=[other.plan.code])
    answer = signed_in(user).post(url, order_fields(other, car))
    assert answer.status_code == 422
    assert "schon einen solchen Vertrag" in text_of(answer)


def test_without_a_car_the_page_leads_to_the_garage() -> None:
    version = offer_plan()
    page = signed_in(UserFactory.create()).get(
        reverse("subscriptions:contract-order", args=[version.plan.code])
    )
    assert reverse("vehicles:vehicle-add") in text_of(page)


def test_a_start_in_the_past_is_refused_in_words_and_stays_typed() -> None:
    user = UserFactory.create()
    car, version = own(user), offer_plan()
    yesterday = civil.local_date(timezone.now()) - timedelta(days=1)
    url = reverse("subscriptions:contract-order", args=[version.plan.code])
    fields = order_fields(version, car, starts_on=yesterday.isoformat())
    answer = signed_in(user).post(url, fields)
    assert answer.status_code == 422
    assert "zwischen heute" in text_of(answer)


# --- Own contracts


def test_other_people_s_contracts_do_not_exist() -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=timezone.now())
    stranger = signed_in(UserFactory.create())
    for name in ("contract-detail", "contract-cancel"):
        assert stranger.get(reverse(f"subscriptions:{name}", args=[contract.pk])).status_code == 404
    assert stranger.post(reverse("subscriptions:contract-cancel", args=[contract.pk])).status_code == 404
    contract.refresh_from_db()
    assert contract.ends_on is None


def test_cancelling_shows_the_end_before_and_the_state_after() -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), version=offer_plan(term_months=24), now=timezone.now())
    client = signed_in(user)
    url = reverse("subscriptions:contract-cancel", args=[contract.pk])
    year = civil.local_date(timezone.now()).year + 2
    assert str(year) in text_of(client.get(url))
    after = text_of(client.post(url, follow=True))
    assert f"gekündigt zum {contract.starts_on:%d.%m.}{year}" in after


def test_cancelling_twice_says_so_in_words() -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=timezone.now())
    client = signed_in(user)
    url = reverse("subscriptions:contract-cancel", args=[contract.pk])
    client.post(url)
    answer = client.post(url)
    assert answer.status_code == 422
    assert "bereits beendet" in text_of(answer)


@pytest.mark.parametrize("page", ["home", "contract-list"])
def test_lists_take_the_same_queries_for_one_contract_and_for_many(
    page: str, django_assert_max_num_queries: Any
) -> None:
    few, many = UserFactory.create(), UserFactory.create()
    version = offer_plan()
    for user, count in ((few, 1), (many, 8)):
        for _number in range(count):
            subscribed(user, own(user), version=version, now=timezone.now())
    counts = []
    for user in (few, many):
        client = signed_in(user)
        client.get(reverse(f"subscriptions:{page}"))  # the session is written once
        with django_assert_max_num_queries(9) as taken:
            client.get(reverse(f"subscriptions:{page}"))
        counts.append(len(taken.captured_queries))
    assert counts[0] == counts[1]


def test_an_english_reader_reads_english() -> None:
    offer_plan(plan={"kind": Plan.Kind.BATTERY})
    page = text_of(signed_in(UserFactory.create(language="en")).get(reverse("subscriptions:home")))
    assert "Battery 75 kWh" in page
    assert "€169.00" in page
