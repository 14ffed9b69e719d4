"""Apps sign in through the headless API and bring their token to ours."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.accounts import hashers
from tests.factories.accounts import PASSWORD, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/_allauth/app/v1/auth/login"


def post(path: str, body: Mapping[str, str | None], token: str = "") -> Any:
    headers = {"x-session-token": token} if token else {}
    return Client().post(path, body, content_type="application/json", headers=headers)


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_app(user: User) -> str:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    return secret


def test_an_app_signs_in_and_asks_who_it_is() -> None:
    user = UserFactory.create()
    token = post(LOGIN, {"email": user.email, "password": PASSWORD}).json()["meta"]["session_token"]
    answer = Client().get("/api/v1/me/", headers={"x-session-token": token})
    assert answer.json()["email"] == user.email
    assert Client().get("/api/v1/me/", headers={"x-session-token": "made-up"}).status_code in (401, 403)


def test_an_app_writes_without_a_form_token() -> None:
    user = UserFactory.create()
    token = post(LOGIN, {"email": user.email, "password": PASSWORD}).json()["meta"]["session_token"]
    strict = Client(enforce_csrf_checks=True)
    answer = strict.patch(
        "/api/v1/me/",
        {"first_name": "Mara"},
        content_type="application/json",
        headers={"x-session-token": token},
    )
    assert answer.json()["first_name"] == "Mara"


def test_signing_out_ends_the_token() -> None:
    user = UserFactory.create()
    token = post(LOGIN, {"email": user.email, "password": PASSWORD}).json()["meta"]["session_token"]
    Client().delete("/_allauth/app/v1/auth/session", headers={"x-session-token": token})
    assert Client().get("/api/v1/me/", headers={"x-session-token": token}).status_code in (401, 403)


def test_the_second_step_is_asked_of_apps_too() -> None:
    user = UserFactory.create()
    secret = with_app(user)
    first = post(LOGIN, {"email": user.email, "password": PASSWORD})
    assert first.status_code == 401
    token = first.json()["meta"]["session_token"]
    assert Client().get("/api/v1/me/", headers={"x-session-token": token}).status_code in (401, 403)
    second = post("/_allauth/app/v1/auth/2fa/authenticate", {"code": code_now(secret)}, token)
    assert second.status_code == 200, second.content
    token = second.json()["meta"].get("session_token", token)
    assert Client().get("/api/v1/me/", headers={"x-session-token": token}).status_code == 200


def test_the_second_step_is_asked_on_pages(client: Client) -> None:
    user = UserFactory.create()
    secret = with_app(user)
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(reverse("accounts:home")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
    assert client.get(reverse("accounts:home")).status_code == 200


def test_guessing_the_second_step_is_stopped() -> None:
    user = UserFactory.create()
    secret = with_app(user)
    right = code_now(secret)
    wrong = "000000" if right != "000000" else "111111"
    for _sign_in in range(2):  # a new sign-in brings no new tries
        client = Client()
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        for _guess in range(3):
            client.post(reverse("mfa_authenticate"), {"code": wrong})
    client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
    assert client.get(reverse("accounts:home")).status_code == 302


def test_keys_of_authenticator_apps_lie_encrypted_in_the_database() -> None:
    user = UserFactory.create()
    secret = with_app(user)
    kept = Authenticator.objects.get(user=user).data["secret"]
    assert secret not in kept
    assert get_adapter().decrypt(kept) == secret


def test_recovery_codes_are_made_shown_and_work(client: Client) -> None:
    user = UserFactory.create()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.status_code == 302
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert page.status_code == 200
    code = page.context["unused_codes"][0]
    other = Client()
    other.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert other.get(reverse("accounts:home")).status_code == 200
    for name in ("mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "accounts:security"):
        assert client.get(reverse(name)).status_code == 200, name


def test_an_app_is_answered_in_its_persons_language() -> None:
    said = {}
    for language in ("de", "en"):
        user = UserFactory.create(language=language)
        token = post(LOGIN, {"email": user.email, "password": PASSWORD}).json()["meta"]["session_token"]
        answer = Client().get("/api/v1/plans/none/", headers={"x-session-token": token})
        said[language] = answer.json()["detail"]
    assert said["de"] != said["en"]


def token_of(user: User) -> str:
    answer = post(LOGIN, {"email": user.email, "password": PASSWORD})
    return str(answer.json()["meta"]["session_token"])


def test_an_app_is_answered_in_its_persons_time_zone() -> None:
    said = {}
    for zone in ("Europe/Berlin", "America/New_York"):
        user = UserFactory.create(time_zone=zone)
        NoticeFactory.create(user=user)
        user.notices.update(created_at=datetime(2026, 7, 1, 12, tzinfo=UTC))
        answer = Client().get("/api/v1/notifications/", headers={"x-session-token": token_of(user)}).json()
        said[zone] = answer["results"][0]["created_at"]
    assert said == {
        "Europe/Berlin": "2026-07-01T14:00:00+02:00",
        "America/New_York": "2026-07-01T08:00:00-04:00",
    }


def test_a_use_of_the_app_is_seen_in_the_list_of_sessions() -> None:
    user = UserFactory.create()
    token = token_of(user)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    UserSession.objects.filter(user=user).update(last_seen_at=long_ago)
    cache.delete(f"seen:{token}")
    Client().get("/api/v1/me/", headers={"x-session-token": token})
    assert UserSession.objects.get(user=user).last_seen_at > long_ago


def test_a_token_costs_one_look_up_per_request() -> None:
    token = token_of(UserFactory.create())
    Client().get("/api/v1/me/", headers={"x-session-token": token})
    with CaptureQueriesContext(connection) as queries:
        Client().get("/api/v1/me/", headers={"x-session-token": token})
    people = [query for query in queries if 'FROM "accounts_user" WHERE "accounts_user"."id"' in query["sql"]]
    assert len(people) == 1


SIGNUP = {"email": "neu@example.org", "password": "Nordlicht-und-Meer-7"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_allauth/app/v1/auth/signup", SIGNUP),
        ("/_allauth/app/v1/auth/code/request", {"email": "neu@example.org"}),
        ("/_allauth/app/v1/auth/password/request", {"email": "neu@example.org"}),
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_a_mail_server_that_is_away_is_said_to_apps_in_json(
    path: str, body: dict[str, str], known: bool, settings: Any
) -> None:
    if known:
        UserFactory.create(email="neu@example.org")
    settings.EMAIL_BACKEND = "tests.accounts.mailboxes.Away"
    answer = post(path, body)
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"]
    said = answer.json()
    assert (said["status"], said["code"]) == (503, "mail_not_sent")
    assert said["errors"] == [{"code": "mail_not_sent", "message": said["detail"]}]


def without_token(answer: Any) -> Any:
    said = answer.json()
    said.get("meta", {}).pop("session_token", None)
    return answer.status_code, said


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_allauth/app/v1/auth/signup", SIGNUP),
        ("/_allauth/app/v1/auth/login", {"email": "neu@example.org", "password": "falsch-falsch-1"}),
        ("/_allauth/app/v1/auth/code/request", {"email": "neu@example.org"}),
        ("/_allauth/app/v1/auth/password/request", {"email": "neu@example.org"}),
    ],
)
def test_no_answer_to_an_app_says_whether_an_address_has_an_account(path: str, body: dict[str, str]) -> None:
    known = UserFactory.create()
    assert without_token(post(path, {**body, "email": known.email})) == without_token(post(path, body))


@pytest.mark.parametrize("known", [False, True])
def test_signing_up_hashes_one_password_whether_or_not_the_address_is_known(
    known: bool, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.Counting"]

    def address(free: str) -> str:
        return str(UserFactory.create().email) if known else free

    app, page = address("app@example.org"), address("page@example.org")
    hashers.hashed.clear()
    post("/_allauth/app/v1/auth/signup", {"email": app, "password": PASSWORD})
    assert len(hashers.hashed) == 1
    Client().post(reverse("account_signup"), {"email": page, "password1": PASSWORD})
    assert len(hashers.hashed) == 2
