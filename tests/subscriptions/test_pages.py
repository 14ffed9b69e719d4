"""What people see and press: plans, the order, their contracts, the public forms, the desk."""

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
from subscriptions import offers
from subscriptions.models import Contract, Declaration, DeclarationAnswer, Plan, PlanVersion
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


# --- Cancelling and withdrawing without signing in

TYPED = {"name": "Karla Lund", "email": "karla@example.org", "contract_hint": "Akku-Abo, HH NL 512E"}
PUBLIC_FORMS = [
    ("cancel-public", {"manner": "ordinary"}, "Jetzt kündigen"),
    ("withdraw-public", {}, "Widerruf bestätigen"),
]


@pytest.mark.parametrize(("name", "more", "button"), PUBLIC_FORMS)
def test_anybody_declares_without_signing_in_and_gets_date_and_time(
    client: Client, name: str, more: dict[str, str], button: str
) -> None:
    url = reverse(f"subscriptions:{name}")
    assert button in text_of(client.get(url))
    answer = client.post(url, {**TYPED, **more}, follow=True)
    kept = Declaration.objects.get()
    shown = text_of(answer)
    assert kept.code in shown
    moment = timezone.localtime(kept.received_at)
    assert f"{moment:%d.%m.%Y}" in shown
    assert f"{moment:%H:%M}" in shown


def test_what_is_missing_is_named_and_the_rest_stays_typed(client: Client) -> None:
    answer = client.post(
        reverse("subscriptions:cancel-public"), {**TYPED, "manner": "ordinary", "email": "karla"}
    )
    assert answer.status_code == 422
    assert "Akku-Abo, HH NL 512E" in text_of(answer)
    assert not Declaration.objects.exists()


def test_a_cancellation_for_cause_needs_its_reason(client: Client) -> None:
    answer = client.post(reverse("subscriptions:cancel-public"), {**TYPED, "manner": "extraordinary"})
    assert answer.status_code == 422
    assert "Grund" in text_of(answer)


def test_a_guest_learns_nothing_about_which_contracts_exist(client: Client) -> None:
    user = UserFactory.create(email="mara@example.org")
    contract = subscribed(user, own(user), now=timezone.now())
    url = reverse("subscriptions:cancel-public")

    def answer_to(email: str) -> str:
        typed = {**TYPED, "manner": "ordinary", "contract_hint": contract.code, "email": email}
        page = text_of(client.post(url, typed, follow=True))
        body = page.partition("<main")[2].partition("</main>")[0]
        kept = Declaration.objects.latest("pk")
        return body.replace(kept.code, "CODE").replace(email, "EMAIL")

    assert answer_to("mara@example.org") == answer_to("nobody@example.org")
    assert list(Declaration.objects.order_by("pk").values_list("contract", flat=True)) == [contract.pk, None]


def test_the_limit_of_one_network_is_told_in_words(client: Client) -> None:
    for _number in range(10):
        client.post(reverse("subscriptions:withdraw-public"), TYPED)
    answer = client.post(reverse("subscriptions:withdraw-public"), TYPED)
    assert "Zu viele Erklärungen" in text_of(answer)
    assert Declaration.objects.count() == 10


def test_a_receipt_with_a_wrong_token_does_not_exist(client: Client) -> None:
    assert client.get(reverse("subscriptions:declaration-received", args=["1:abc:def"])).status_code == 404


# --- The desk


def test_the_desk_is_for_those_who_may(client: Client) -> None:
    assert signed_in(UserFactory.create()).get(reverse("subscriptions:staff-home")).status_code == 403
    assert (
        signed_in(UserFactory.create(role="accountant")).get(reverse("subscriptions:staff-home")).status_code
        == 200
    )


def test_the_desk_lists_open_declarations_and_closes_one(client: Client) -> None:
    client.post(reverse("subscriptions:withdraw-public"), TYPED)
    kept = Declaration.objects.get()
    desk = signed_in(UserFactory.create(role="accountant"))
    listed = text_of(desk.get(reverse("subscriptions:staff-home")))
    assert kept.code in listed
    assert "passt zu keinem Vertrag" in listed
    url = reverse("subscriptions:staff-declaration", args=[kept.pk])
    desk.post(url, {"outcome": "clarified", "note": "Angerufen."})
    assert DeclarationAnswer.objects.get().note == "Angerufen."
    assert "Angerufen." in text_of(desk.get(url))


def test_the_desk_carries_out_a_matched_cancellation(client: Client) -> None:
    user = UserFactory.create(email="mara@example.org")
    contract = subscribed(user, own(user), now=timezone.now())
    typed = {**TYPED, "manner": "ordinary", "contract_hint": contract.code, "email": user.email}
    client.post(reverse("subscriptions:cancel-public"), typed)
    desk = signed_in(UserFactory.create(role="accountant"))
    url = reverse("subscriptions:staff-declaration", args=[Declaration.objects.get().pk])
    desk.post(url, {"outcome": "carry_out", "note": ""})
    contract.refresh_from_db()
    assert contract.cancelled_at is not None


def test_an_english_reader_reads_english() -> None:
    offer_plan(plan={"kind": Plan.Kind.BATTERY})
    page = text_of(signed_in(UserFactory.create(language="en")).get(reverse("subscriptions:home")))
    assert "Battery 75 kWh" in page
    assert "€169.00" in page
