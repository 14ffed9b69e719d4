"""The consent centre: the same button gives and withdraws; receipts are one's own."""

from datetime import datetime
from typing import Any

import pytest
from django.core import mail as outgoing
from django.test import Client
from django.urls import reverse

from accounts.consents import consents
from accounts.models import ConsentText, User
from tests.accounts.test_consents import PURPOSE, give, publish, withdraw
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client: Client) -> User:
    user = UserFactory.create()
    client.force_login(user)
    return user


def press(client: Client, given: str, version: int = 1, purpose: str = PURPOSE) -> Any:
    return client.post(
        reverse("accounts:consent-decide", args=[purpose]), {"given": given, "version": version}, follow=True
    )


def test_one_click_gives_and_the_same_button_takes_back(client: Client, anna: User, now: datetime) -> None:
    assert client.get(reverse("accounts:consents")).content.decode().count(">Erlauben<") == 3
    press(client, "1")
    page = client.get(reverse("accounts:consents")).content.decode()
    assert (page.count(">Erlauben<"), page.count(">Widerrufen<")) == (2, 1)
    press(client, "0")
    assert client.get(reverse("accounts:consents")).content.decode().count(">Erlauben<") == 3
    assert [entry.given for entry in consents.entries_of(anna)] == [False, True]


def test_a_page_with_old_words_gives_nothing_and_says_why(client: Client, anna: User, now: datetime) -> None:
    publish(now, asks_again=True)
    answer = press(client, "1", version=1)
    assert "hat sich geändert" in answer.content.decode()
    assert not consents.entries_of(anna).exists()


def test_nonsense_gives_nothing(client: Client, anna: User) -> None:
    for given, version in (("yes", "1"), ("1", "x"), ("", "")):
        client.post(reverse("accounts:consent-decide", args=[PURPOSE]), {"given": given, "version": version})
    assert not consents.entries_of(anna).exists()
    assert press(client, "1", purpose="spying").status_code == 404


def test_what_ended_with_a_new_text_is_said_without_nagging(
    client: Client, anna: User, now: datetime
) -> None:
    give(anna, now)
    publish(now, asks_again=True)
    page = client.get(reverse("accounts:consents")).content.decode()
    assert "mit neuem Text beendet" in page
    withdraw(anna, now)
    assert "mit neuem Text beendet" not in client.get(reverse("accounts:consents")).content.decode()


def test_the_receipt_shows_the_words_of_then_and_can_be_mailed(
    client: Client, anna: User, now: datetime, deliver_outbox: Any
) -> None:
    entry = give(anna, now)
    publish(now, asks_again=True)
    url = reverse("accounts:consent-receipt", args=[entry.code])
    page = client.get(url).content.decode()
    assert entry.code in page
    assert "Neu dazu." not in page
    mailing = reverse("accounts:consent-receipt-mail", args=[entry.code])
    client.post(mailing)
    client.post(mailing)
    deliver_outbox()
    (letter,) = outgoing.outbox
    assert letter.to == [anna.email]
    assert entry.code in letter.subject
    assert entry.text.text_de in letter.body


def test_other_people_s_receipts_do_not_exist(client: Client, anna: User, now: datetime) -> None:
    foreign = give(UserFactory.create(), now)
    for name in ("consent-receipt", "consent-receipt-mail"):
        url = reverse(f"accounts:{name}", args=[foreign.code])
        assert client.get(url).status_code in (404, 405)
        assert client.post(url).status_code in (404, 405)
    assert client.get(f"/api/v1/consents/{foreign.pk}/").status_code == 404
    assert outgoing.outbox == []


def test_the_page_costs_the_same_with_a_long_log(
    client: Client, anna: User, now: datetime, django_assert_max_num_queries: Any
) -> None:
    client.get(reverse("accounts:consents"))
    with django_assert_max_num_queries(8) as short:
        client.get(reverse("accounts:consents"))
    for _ in range(8):
        give(anna, now)
        withdraw(anna, now)
    with django_assert_max_num_queries(8) as long:
        page = client.get(reverse("accounts:consents"))
    assert len(page.context["entries"]) == 10
    assert len(long.captured_queries) <= len(short.captured_queries) + 1


def test_apps_read_what_is_asked_give_and_withdraw(client: Client, anna: User) -> None:
    asked = client.get("/api/v1/consents/purposes/").json()
    assert asked[0]["purpose"] == PURPOSE
    assert (asked[0]["given"], asked[0]["version"]) == (False, 1)
    body = {"purpose": PURPOSE, "given": True, "version": 1}
    first = client.post("/api/v1/consents/", body, "application/json", headers={"Idempotency-Key": "a"})
    again = client.post("/api/v1/consents/", body, "application/json", headers={"Idempotency-Key": "a"})
    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json()["way"] == "api"
    assert client.get("/api/v1/consents/").json()["results"] == [first.json()]
    out = client.post("/api/v1/consents/", {"purpose": PURPOSE, "given": False}, "application/json")
    assert (out.status_code, out.json()["given"]) == (201, False)
    never = {"purpose": "employer_trips", "given": False}
    assert client.post("/api/v1/consents/", never, "application/json").json()["code"] == "never_given"
    old = {"purpose": PURPOSE, "given": True, "version": 7}
    assert client.post("/api/v1/consents/", old, "application/json").json()["code"] == "consent_text_changed"
    unread = {"purpose": PURPOSE, "given": True}
    assert client.post("/api/v1/consents/", unread, "application/json").status_code == 400
    unknown = {"purpose": "spying", "given": True, "version": 1}
    assert client.post("/api/v1/consents/", unknown, "application/json").status_code == 404


def test_an_administrator_publishes_and_sees_what_differs(client: Client) -> None:
    client.force_login(UserFactory.create(role="administrator"))
    assert "Einwilligungstexte" in client.get(reverse("accounts:staff-consent-texts")).content.decode()
    url = reverse("accounts:staff-consent-text", args=[PURPOSE])
    typed = dict(client.get(url).context["form"].initial)
    typed["text_de"] += " Und eine Neuerung."
    answer = client.post(url, {**typed, "asks_again": "on"}, follow=True)
    page = " ".join(answer.content.decode().split())
    assert "<ins>eine" in page or "<ins>Und eine Neuerung.</ins>" in page
    assert ConsentText.objects.filter(purpose=PURPOSE).count() == 2
    late = client.post(url, {**typed, "text_de": "Etwas ganz anderes steht hier."})
    assert late.status_code == 422
    assert "Etwas ganz anderes steht hier." in late.content.decode()
    assert client.get(reverse("accounts:staff-consent-text", args=["spying"])).status_code == 404


def test_others_do_not_reach_the_texts(client: Client) -> None:
    client.force_login(UserFactory.create(role="advisor"))
    assert client.get(reverse("accounts:staff-consent-texts")).status_code == 403
