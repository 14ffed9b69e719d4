"""Creating an account: a code by e-mail, a password or a passkey, and no way to learn who has one."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from journal.models import Event
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
SIGNUP = {
    "email": "mara@example.org",
    "password1": "sehr-gut-7319",
    "first_name": "Mara",
    "last_name": "Lund",
}


def mailed_code() -> str:
    found = re.search(r"^    (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def test_a_code_by_mail_makes_the_account_and_signs_in(
    client: Client, run_reactions: Callable[[], Any]
) -> None:
    answer = client.post(reverse("account_signup"), SIGNUP)
    assert answer["Location"] == reverse("account_email_verification_sent")
    assert mail.outbox[-1].to == ["mara@example.org"]
    answer = client.post(reverse("account_email_verification_sent"), {"code": mailed_code()})
    assert answer.status_code == 302
    user = User.objects.get(email="mara@example.org")
    assert user.display_name == "Mara Lund"
    assert EmailAddress.objects.get(user=user).verified
    assert client.get(reverse("accounts:home")).status_code == 200
    assert Event.objects.filter(kind="accounts.signed_up", audience__user=user).count() == 1
    run_reactions()
    run_reactions()
    assert user.notices.get().kind == "accounts.welcome"


def test_without_the_code_nobody_gets_in(client: Client) -> None:
    client.post(reverse("account_signup"), SIGNUP)
    assert client.get(reverse("accounts:home")).status_code == 302
    client.post(reverse("account_email_verification_sent"), {"code": "WRONG1"})
    assert client.get(reverse("accounts:home")).status_code == 302


def test_a_taken_address_looks_exactly_like_a_free_one(client: Client) -> None:
    UserFactory.create(email="mara@example.org")
    taken = client.post(reverse("account_signup"), SIGNUP)
    page_of_taken = client.get(taken["Location"]).content
    other = Client()
    free = other.post(reverse("account_signup"), {**SIGNUP, "email": "neu@example.org"})
    page_of_free = other.get(free["Location"]).content.replace(b"neu@example.org", b"mara@example.org")
    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    token = rb'value="[A-Za-z0-9]{64}"|[a-f0-9]{32}'
    assert re.sub(token, b"", page_of_taken) == re.sub(token, b"", page_of_free)
    assert "/account/password/reset/" in mail.outbox[0].body
    assert User.objects.filter(email="mara@example.org").count() == 1


def test_a_forgotten_password_says_the_same_for_everybody(client: Client) -> None:
    UserFactory.create(email="mara@example.org")
    known = client.post(reverse("account_reset_password"), {"email": "mara@example.org"})
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_code_by_mail_sets_a_new_password(client: Client) -> None:
    user = UserFactory.create()
    client.post(reverse("account_reset_password"), {"email": user.email})
    client.post(reverse("account_confirm_password_reset_code"), {"code": mailed_code()})
    client.post(
        reverse("account_complete_password_reset"),
        {"password1": "anders-als-vorher-5", "password2": "anders-als-vorher-5"},
    )
    user.refresh_from_db()
    assert user.check_password("anders-als-vorher-5")
    assert Event.objects.filter(kind="accounts.password_changed", audience__user=user).exists()


def test_a_wrong_password_and_an_unknown_address_read_alike(client: Client) -> None:
    user = UserFactory.create()
    wrong = client.post(reverse("account_login"), {"login": user.email, "password": "falsch-falsch"})
    unknown = client.post(
        reverse("account_login"), {"login": "nobody@example.org", "password": "falsch-falsch"}
    )
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_signing_in_with_a_code_needs_no_password(client: Client) -> None:
    user = UserFactory.create()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    client.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    assert client.get(reverse("accounts:home")).status_code == 200


def test_signing_up_by_passkey_starts_with_the_same_code(client: Client) -> None:
    answer = client.post(reverse("account_signup_by_passkey"), {"email": "neu@example.org"})
    assert answer["Location"] == reverse("account_email_verification_sent")
    answer = client.post(reverse("account_email_verification_sent"), {"code": mailed_code()})
    assert answer["Location"] == reverse("mfa_signup_webauthn")
    assert client.get(answer["Location"]).status_code == 200


def test_a_new_account_speaks_the_language_of_its_sign_up(client: Client) -> None:
    client.post(reverse("account_signup"), SIGNUP, headers={"accept-language": "en"})
    assert User.objects.get(email="mara@example.org").language == "en"
    assert "Hello" in mail.outbox[-1].body


def test_guessing_passwords_is_stopped(client: Client) -> None:
    user = UserFactory.create()
    for _try in range(5):
        client.post(reverse("account_login"), {"login": user.email, "password": "falsch-falsch"})
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code in (200, 422, 429)
    assert client.get(reverse("accounts:home")).status_code == 302


def test_a_code_by_mail_bears_three_guesses(client: Client) -> None:
    user = UserFactory.create()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    right = mailed_code()
    for _guess in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
    client.post(reverse("account_confirm_login_code"), {"code": right})
    assert client.get(reverse("accounts:home")).status_code == 302


def test_signing_up_in_bulk_is_stopped(client: Client) -> None:
    statuses = [
        client.post(reverse("account_signup"), {**SIGNUP, "email": f"m{n}@example.org"}).status_code
        for n in range(21)
    ]
    assert statuses[-1] == 429


def test_a_mail_server_that_is_away_is_said_in_words(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.accounts.mailboxes.Away"
    answer = client.post(reverse("account_signup"), SIGNUP)
    assert answer.status_code == 503
    assert reverse("account_login") in answer.content.decode()


def test_a_changed_password_counts_even_if_its_mail_fails(client: Client, settings: Any) -> None:
    user = UserFactory.create()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    settings.EMAIL_BACKEND = "tests.accounts.mailboxes.Away"
    new = {"oldpassword": PASSWORD, "password1": "ganz-neu-und-gut-3", "password2": "ganz-neu-und-gut-3"}
    assert client.post(reverse("account_change_password"), new).status_code == 302
    user.refresh_from_db()
    assert user.check_password("ganz-neu-und-gut-3")


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
@pytest.mark.parametrize("known", [False, True])
def test_nobody_fills_another_mailbox_with_codes(name: str, known: bool, monkeypatch: Any) -> None:
    email = str(UserFactory.create().email) if known else "nobody@example.org"
    begin = time.time()
    for minute in range(12):
        monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda at=begin + minute * 61: at)
        Client().post(reverse(name), {"email": email.upper() if minute % 2 else email})
    assert len(mail.outbox) == 10
