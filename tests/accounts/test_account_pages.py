"""One's own account: name, address, language, what happened."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Address, User
from journal import log
from journal.models import Event
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PROFILE = {
    "first_name": "Mara",
    "last_name": "Lund",
    "phone": "+49 171 3920001",
    "language": "de",
    "time_zone": "Europe/Berlin",
}


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create()
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", ["home", "profile", "addresses", "security", "notices", "history"])
def test_every_page_of_the_account_opens(client: Client, owner: User, name: str) -> None:
    assert client.get(reverse(f"accounts:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["home", "profile", "addresses", "security", "notices", "history"])
def test_visitors_are_asked_to_sign_in(client: Client, name: str) -> None:
    path = reverse(f"accounts:{name}")
    assert client.get(path)["Location"] == f"{reverse('account_login')}?next={path}"


def test_a_profile_is_saved_and_the_journal_learns_only_which_fields(client: Client, owner: User) -> None:
    client.post(reverse("accounts:profile"), PROFILE)
    owner.refresh_from_db()
    assert owner.display_name == "Mara Lund"
    event = Event.objects.get(kind="accounts.profile_changed")
    assert event.data == {"fields": ["first_name", "last_name", "phone"]}


def test_saving_the_same_again_is_no_news(client: Client, owner: User) -> None:
    client.post(reverse("accounts:profile"), PROFILE)
    client.post(reverse("accounts:profile"), PROFILE)
    assert Event.objects.filter(kind="accounts.profile_changed").count() == 1


def test_pages_speak_the_chosen_language(client: Client, owner: User) -> None:
    assert b'lang="de"' in client.get(reverse("accounts:home")).content
    client.post(reverse("accounts:profile"), {**PROFILE, "language": "en"})
    assert b'lang="en"' in client.get(reverse("accounts:home"), headers={"accept-language": "de"}).content


def test_visitors_are_spoken_to_in_german_unless_they_ask_otherwise(client: Client) -> None:
    assert b'lang="de"' in client.get(reverse("account_login")).content
    page = client.get(reverse("account_login"), headers={"accept-language": "fr"})
    assert b'lang="de"' in page.content
    page = client.get(reverse("account_login"), headers={"accept-language": "en-GB"})
    assert b'lang="en"' in page.content


def test_an_unknown_time_zone_is_refused_and_typing_stays(client: Client, owner: User) -> None:
    page = client.post(reverse("accounts:profile"), {**PROFILE, "time_zone": "Mars/Olympus"})
    assert page.status_code == 422
    assert b"+49 171 3920001" in page.content


def test_an_address_is_kept_once(client: Client, owner: User) -> None:
    address = {"street": "Deichstraße 4", "postcode": "20459", "town": "Hamburg", "country": "DE"}
    client.post(reverse("accounts:address", args=["home"]), address)
    client.post(reverse("accounts:address", args=["home"]), {**address, "postcode": "20457"})
    assert Address.objects.get(user=owner).postcode == "20457"


def test_a_german_postcode_has_five_digits(client: Client, owner: User) -> None:
    address = {"street": "Deichstraße 4", "postcode": "2045", "town": "Hamburg", "country": "DE"}
    page = client.post(reverse("accounts:address", args=["home"]), address)
    assert page.status_code == 422
    assert "postcode" in page.context["form"].errors


def test_history_shows_one_s_own_events_only(client: Client, owner: User) -> None:
    client.post(reverse("accounts:profile"), PROFILE)
    other = Client()
    other.force_login(UserFactory.create())
    other.post(reverse("accounts:profile"), PROFILE)
    page = client.get(reverse("accounts:history"))
    assert [event.by for event, *_words in page.context["entries"]] == [owner]


def test_history_tells_apart_who_did_it_and_reads_alike_in_the_api(client: Client, owner: User) -> None:
    desk, friend = UserFactory.create(role="staff"), UserFactory.create()
    with transaction.atomic():
        for doer in (owner, desk, friend, None):
            log.record("accounts.customer_viewed", by=doer, subject=owner, audience=[owner])
    page = client.get(reverse("accounts:history"))
    doers = [event.doer for event, *_words in page.context["entries"]]
    assert doers == ["house", "other", "team", "self"]
    rows = client.get("/api/v1/account-history/").json()["results"]
    assert [row["by"] for row in rows] == doers
    assert set(rows[0]) == {"id", "kind", "words", "by", "at"}
    friends = Client()
    friends.force_login(friend)
    assert friends.get("/api/v1/account-history/").json()["results"] == []
    assert friends.get(f"/api/v1/account-history/{rows[0]['id']}/").status_code == 404


def test_history_costs_the_same_with_one_and_many(
    client: Client, owner: User, django_assert_max_num_queries: Any
) -> None:
    client.post(reverse("accounts:profile"), PROFILE)
    client.get(reverse("accounts:history"))
    with django_assert_max_num_queries(6) as one:
        client.get(reverse("accounts:history"))
    for number in range(5):
        client.post(reverse("accounts:profile"), {**PROFILE, "phone": str(number)})
    with django_assert_max_num_queries(6) as many:
        client.get(reverse("accounts:history"))
    assert len(one.captured_queries) == len(many.captured_queries)


def test_profile_and_notices_by_api(client: Client, owner: User) -> None:
    me = client.get("/api/v1/me/").json()
    assert me["email"] == owner.email
    assert me["roles"] == ["owner"]
    answer = client.patch("/api/v1/me/", {"language": "en"}, content_type="application/json")
    assert answer.json()["language"] == "en"
    answer = client.patch("/api/v1/me/", {"time_zone": "Mars/Olympus"}, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "time_zone_unknown"
    answer = client.patch("/api/v1/me/", {"email": "x@example.org"}, content_type="application/json")
    assert answer.json()["email"] == owner.email
    assert client.get("/api/v1/notifications/").json() == {"results": [], "next": None, "previous": None}


def test_visitors_get_nothing_from_the_api(client: Client) -> None:
    assert client.get("/api/v1/me/").status_code in (401, 403)
