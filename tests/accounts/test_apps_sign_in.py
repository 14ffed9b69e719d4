"""Apps sign in through the headless API and bring their token to ours."""

import time
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/_allauth/app/v1/auth/login"


def post(path: str, body: dict[str, str], token: str = "") -> Any:
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
