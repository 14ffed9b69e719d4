"""Signing in with an account of another house: a real OpenID provider on this machine."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from oidc_provider_mock import User as Elsewhere
from oidc_provider_mock import run_server_in_thread

from accounts.models import User
from journal.models import Event
from portal.openid import outside_providers
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

BUTTON = "/account/oidc/nordbank/login/"


def elsewhere(sub: str, email: str, *, checked: bool = True) -> Elsewhere:
    return Elsewhere(
        sub=sub,
        claims={
            "email": email,
            "email_verified": checked,
            "given_name": "Runa",
            "family_name": "Holm",
            "name": "Runa Holm",
        },
    )


PEOPLE = [
    elsewhere("runa", "runa@example.org"),
    elsewhere("unchecked", "unchecked@example.org", checked=False),
    elsewhere("anna", "anna@example.org"),
    elsewhere("pretender", "anna@example.org", checked=False),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def configured(provider: str, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = outside_providers(
        {
            "OPENID_PROVIDERS": '[{"id": "nordbank", "name": "Nordbank", "client_id": "portal", '
            f'"secret": "very-secret", "server_url": "{provider}"}}]'
        }
    )


@pytest.fixture
def come_back(client: Client) -> Callable[..., Any]:
    """Press the button, sign in at the other house as ``sub``, come back; our answer."""

    def run(sub: str | None, query: str = "?process=login", browser: Client = client) -> Any:
        leaving = browser.post(f"{BUTTON}{query}")
        assert leaving.status_code == 200, leaving.content
        url = leaving.context["url"]
        assert "code_challenge_method=S256" in url
        there = httpx.post(url, data={"sub": sub} if sub else {"action": "deny"})
        assert there.status_code in (302, 303), there.text
        back = urlsplit(there.headers["Location"])
        return browser.get(f"{back.path}?{back.query}", follow=True)

    return run


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_sign_in_and_sign_up_offer_the_other_house(client: Client) -> None:
    for path in ("/account/login/", "/account/signup/"):
        page = client.get(path).content.decode()
        assert "Nordbank" in page
        assert f'action="{BUTTON}?process=login"' in page


def test_following_a_link_asks_first_and_changes_nothing(client: Client) -> None:
    page = client.get(f"{BUTTON}?process=login")
    assert page.status_code == 200
    assert "Nordbank" in page.content.decode()
    assert client.post("/account/oidc/unknown/login/").status_code == 404


def test_a_stranger_gets_an_account_with_the_address_that_the_other_house_checked(
    client: Client, come_back: Callable[..., Any], run_reactions: Callable[[], int]
) -> None:
    come_back("runa")
    assert is_signed_in(client)
    user = User.objects.get(email="runa@example.org")
    assert (user.first_name, user.last_name, user.language) == ("Runa", "Holm", "de")
    assert EmailAddress.objects.get(user=user).verified
    assert not user.has_usable_password()
    assert Event.objects.concerning(user).filter(kind="accounts.signed_up").count() == 1
    run_reactions()
    assert user.notices.filter(kind="accounts.welcome").exists()

    again = Client()
    come_back("runa", browser=again)
    assert is_signed_in(again)
    assert User.objects.filter(email="runa@example.org").count() == 1


def test_an_unchecked_address_is_checked_by_us(client: Client, come_back: Callable[..., Any]) -> None:
    come_back("unchecked")
    assert not is_signed_in(client)
    assert mail.outbox[-1].to == ["unchecked@example.org"]
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    client.post("/account/confirm-email/", {"code": code.group(1)})
    assert is_signed_in(client)


def test_a_known_address_opens_nothing_until_its_person_connects(
    client: Client, come_back: Callable[..., Any]
) -> None:
    anna = UserFactory.create(email="anna@example.org")
    answer = come_back("anna")
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert "/account/login/" in answer.redirect_chain[-1][0]
    assert "gibt es schon ein Konto" in answer.content.decode()

    client.post("/account/login/", {"login": anna.email, "password": PASSWORD})
    assert is_signed_in(client)
    come_back("anna", "?process=connect")
    assert not SocialAccount.objects.exists()  # first the password once more
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert SocialAccount.objects.get().user == anna
    assert "verbunden" in " ".join(str(message.subject) for message in mail.outbox)
    assert Event.objects.concerning(anna).filter(kind="accounts.outside_account_changed").count() == 1

    elsewhere_first = Client()
    come_back("anna", browser=elsewhere_first)
    assert elsewhere_first.session["_auth_user_id"] == str(anna.pk)


def test_a_pretended_address_opens_nothing_and_tells_nothing(
    client: Client, come_back: Callable[..., Any]
) -> None:
    UserFactory.create(email="anna@example.org")
    known = come_back("pretender")
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    unknown = come_back("unchecked", browser=Client())
    assert known.redirect_chain == unknown.redirect_chain


def test_an_account_elsewhere_belongs_to_one_person_only(
    client: Client, come_back: Callable[..., Any]
) -> None:
    come_back("runa")
    other = Client()
    berta = UserFactory.create()
    other.post("/account/login/", {"login": berta.email, "password": PASSWORD})
    come_back("runa", "?process=connect", browser=other)
    answer = other.post("/account/reauthenticate/", {"password": PASSWORD}, follow=True)
    assert "anderen Person" in answer.content.decode()
    assert SocialAccount.objects.get().user.email == "runa@example.org"


def test_the_connection_can_be_removed(client: Client, come_back: Callable[..., Any]) -> None:
    anna = UserFactory.create(email="anna@example.org")
    client.post("/account/login/", {"login": anna.email, "password": PASSWORD})
    come_back("anna", "?process=connect")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/3rdparty/").content.decode()
    assert "Nordbank" in page
    assert "anna@example.org" in page
    client.post("/account/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_who_has_no_password_proves_it_is_them_by_signing_in_again(
    client: Client, come_back: Callable[..., Any], settings: Any
) -> None:
    come_back("runa")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    asked = client.get("/account/reauthenticate/?next=/garage/", follow=True)
    assert asked.redirect_chain[-1][0] == "/account/security/again/?next=%2Fgarage%2F"
    left = client.post(asked.redirect_chain[-1][0])
    assert left["Location"] == "/account/login/?next=%2Fgarage%2F"
    assert not is_signed_in(client)


def test_saying_no_over_there_is_said_in_words(client: Client, come_back: Callable[..., Any]) -> None:
    answer = come_back(None)
    assert answer.status_code in (200, 401)
    assert not is_signed_in(client)
    assert "Anmelden" in answer.content.decode()


def test_an_answer_that_nobody_asked_for_signs_nobody_in(client: Client) -> None:
    answer = client.get("/account/oidc/nordbank/login/callback/", {"code": "x", "state": "stolen"})
    assert not is_signed_in(client)
    assert answer.status_code in (200, 401)


def test_coming_back_stays_on_this_site(client: Client, come_back: Callable[..., Any]) -> None:
    answer = come_back("runa", "?process=login&next=https%3A%2F%2Fevil.example%2F")
    assert all("evil" not in url for url, _status in answer.redirect_chain)


@pytest.mark.parametrize("text", ["nonsense", '{"id": "x"}', '[{"id": "x"}]', "[1]"])
def test_a_broken_configuration_says_what_is_wrong(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="OPENID_PROVIDERS"):
        outside_providers({"OPENID_PROVIDERS": text})
