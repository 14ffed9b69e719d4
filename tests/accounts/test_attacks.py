"""What somebody who means ill tries at the door: every path ends where it began."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.urls.resolvers import URLPattern, URLResolver

from accounts.models import User
from portal import urls
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "http://localhost:8000@evil.example/",
]


@pytest.fixture
def owner() -> User:
    return UserFactory.create()


def sign_in(client: Client, user: User, **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, **more})


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(client: Client, owner: User, address: str) -> None:
    answer = sign_in(client, owner, next=address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nor_do_signing_out_and_changing_the_language(client: Client, owner: User, address: str) -> None:
    client.force_login(owner)
    for name, sent in (("language", {"language": "en"}), ("account_logout", {})):
        answer = client.post(reverse(name), {**sent, "next": address})
        assert answer.status_code == 302
        assert "evil.example" not in answer["Location"]
        assert "javascript" not in answer["Location"]


def test_a_session_that_was_planted_before_signing_in_is_worth_nothing_after(owner: User) -> None:
    victim, attacker = Client(), Client()
    victim.get(reverse("account_login"))
    victim.session.save()
    planted = victim.session.session_key
    assert planted
    victim.cookies[settings.SESSION_COOKIE_NAME] = planted
    sign_in(victim, owner)
    assert victim.get(reverse("accounts:home")).status_code == 200
    assert victim.session.session_key != planted
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert attacker.get(reverse("accounts:home")).status_code == 302


def test_a_session_is_worth_nothing_after_signing_out(owner: User) -> None:
    client, thief = Client(), Client()
    sign_in(client, owner)
    stolen = client.session.session_key
    assert stolen
    client.post(reverse("account_logout"))
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get(reverse("accounts:home")).status_code == 302


def test_a_changed_password_ends_the_sessions_elsewhere(owner: User) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, owner)
    sign_in(elsewhere, owner)
    new = "Polarlicht-2027-neu"
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    owner.refresh_from_db()
    assert owner.check_password(new)
    assert here.get(reverse("accounts:home")).status_code == 200
    assert elsewhere.get(reverse("accounts:home")).status_code == 302


def writable_pages() -> list[str]:
    """Every address of a page without a number in it; the API's and the sign-in's own apart."""
    found: list[str] = []

    def walk(patterns: list[Any], prefix: str) -> None:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, path)
            elif isinstance(pattern, URLPattern) and "<" not in path and "(" not in path and "^" not in path:
                found.append("/" + path)

    walk(urls.urlpatterns, "")
    # What other sites may call by design: token endpoints take credentials of their own, no cookie.
    own_ways = ("/api/", "/_allauth/", "/identity/", "/.well-known/")
    return sorted({path for path in found if not path.startswith(own_ways)})


def test_no_page_takes_a_form_that_another_site_sends(owner: User) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(owner)
    pages = writable_pages()
    assert len(pages) > 30
    taken = {path: client.post(path, {"x": "1"}).status_code for path in pages}
    # Refused for the token, or no such method there; never done.
    assert {path: code for path, code in taken.items() if code not in (403, 404, 405)} == {}


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, owner: User) -> None:
    sign_in(client, owner)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
