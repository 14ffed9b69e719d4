"""Cancelling and withdrawing without signing in, and the desk that reads it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from subscriptions.models import Declaration, DeclarationAnswer
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


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
