"""Many devices, signing out elsewhere, proving anew who one is."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts import freshness, sessions
from accounts.devices import device_words
from accounts.models import User
from journal.models import Event
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:home")).status_code == 200


def test_all_devices_are_listed() -> None:
    user = UserFactory.create()
    phone, laptop = signed_in(user), signed_in(user)
    page = laptop.get(reverse("usersessions_list"))
    assert page.status_code == 200
    assert len(page.context["sessions"]) == 2
    assert is_in(phone)


def test_signing_out_elsewhere_leaves_only_this_device() -> None:
    user = UserFactory.create()
    phone, laptop = signed_in(user), signed_in(user)
    laptop.post(reverse("usersessions_list"))
    assert not is_in(phone)
    assert is_in(laptop)


def test_ending_all_sessions_works_at_once_for_pages_and_apps(client: Client) -> None:
    user = UserFactory.create()
    phone = signed_in(user)
    token = app_token(user)
    assert client.get("/api/v1/me/", headers={"x-session-token": token}).status_code == 200
    assert sessions.end_sessions(by=None, user=user) == 2
    assert not is_in(phone)
    assert client.get("/api/v1/me/", headers={"x-session-token": token}).status_code in (401, 403)
    assert Event.objects.get(kind="accounts.sessions_ended").data == {"count": 2}


def test_a_new_password_signs_out_the_other_devices() -> None:
    user = UserFactory.create()
    phone, laptop = signed_in(user), signed_in(user)
    answer = laptop.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "ganz-neu-und-gut-3", "password2": "ganz-neu-und-gut-3"},
    )
    assert answer.status_code == 302
    assert not is_in(phone)
    assert is_in(laptop)


def app_token(user: User) -> str:
    answer = Client().post(
        "/_allauth/app/v1/auth/login",
        {"email": user.email, "password": PASSWORD},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    return str(answer.json()["meta"]["session_token"])


def test_sensitive_steps_ask_again_who_it_is() -> None:
    user = UserFactory.create()
    laptop = signed_in(user)
    session = laptop.session
    session[freshness.RECORDS_KEY] = [{"method": "password", "at": 1.0}]
    session.save()
    answer = laptop.post(reverse("account_email"), {"action_add": "", "email": "neu@example.org"})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    answer = laptop.get(reverse("mfa_activate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    answer = laptop.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert laptop.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_proof_stays_fresh_for_five_minutes(now: datetime) -> None:
    session = {freshness.RECORDS_KEY: [{"method": "password", "at": now.timestamp()}]}
    assert freshness.is_fresh(session, now=now + timedelta(minutes=4))
    assert not freshness.is_fresh(session, now=now + timedelta(minutes=5))
    assert not freshness.is_fresh({}, now=now)
    with pytest.raises(freshness.SignInAgain):
        freshness.require_fresh({}, now=datetime.now(tz=UTC))


def test_seeing_a_session_costs_one_write_in_ten_minutes(django_assert_max_num_queries: object) -> None:
    user = UserFactory.create()
    laptop = signed_in(user)
    UserSession.objects.update(last_seen_at=datetime(2020, 1, 1, tzinfo=UTC))
    is_in(laptop)
    seen = UserSession.objects.get().last_seen_at
    assert seen.year > 2020
    is_in(laptop)
    assert UserSession.objects.get().last_seen_at == seen


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "Chrome auf Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge auf Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari auf iPhone",
        ),
        ("NordlichtApp/1.4 (build 9)", "NordlichtApp"),
        ("", "Unbekanntes Gerät"),
    ],
)
def test_devices_are_named_in_words(user_agent: str, words: str) -> None:
    with override("de"):
        assert device_words(user_agent) == words
