"""Somebody without an account here presses the button of another house, and comes back signed in."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialApp
from oidc_provider_mock import User as Elsewhere
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.journeys.conftest import PHONE
from tests.journeys.house import House
from tests.journeys.test_accessibility import violations

EMAIL = "runa.journey@example.org"
CLAIMS = {"email": EMAIL, "email_verified": True, "given_name": "Runa", "family_name": "Holm"}


@pytest.fixture
def nordbank(journey_db: None) -> Iterator[str]:
    """A real provider on this machine, named in the house's back office for as long as the test runs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with run_server_in_thread(user_claims=[Elsewhere(sub="runa", claims=CLAIMS)]) as server:
        url = f"http://localhost:{server.server_port}"
        app = SocialApp.objects.create(
            provider="openid_connect",
            provider_id="nordbank",
            name="Nordbank",
            client_id="portal",
            secret="very-secret",
            settings={"server_url": url, "oauth_pkce_enabled": True},
        )
        yield url
        app.delete()


@pytest.fixture
def page(house: House, browser: Browser) -> Iterator[Page]:
    """A browser that may leave the house, which ``visit`` forbids."""
    phone: dict[str, Any] = PHONE
    context = browser.new_context(**phone, base_url=house.url, locale="de-DE", reduced_motion="reduce")
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    # A browser that stops a form on its way says so there: "Refused to send form data … form-action".
    refused = [text for text in problems if "Content Security Policy" in text]
    assert not refused, refused


def continue_with_nordbank(page: Page, url: str) -> None:
    page.goto("/account/login/")
    assert not violations(page)
    page.get_by_role("button", name="Weiter mit Nordbank").click()
    page.wait_for_url(f"{url}/**")
    page.get_by_role("button", name="runa").click()


def test_the_button_of_another_house_signs_somebody_up_and_later_in(
    nordbank: str, page: Page, house: House
) -> None:
    continue_with_nordbank(page, nordbank)
    page.wait_for_url(lambda url: url.startswith(house.url) and "/login/" not in url)
    page.goto("/account/profile/")
    expect(page.get_by_label("Vorname")).to_have_value("Runa")
    expect(page.get_by_label("Nachname")).to_have_value("Holm")
    assert User.objects.get(email=EMAIL).has_usable_password() is False

    page.goto("/account/logout/")
    page.locator("main").get_by_role("button", name="Abmelden").click()
    page.wait_for_url(lambda url: "/logout/" not in url)
    page.goto("/account/profile/")
    expect(page).to_have_url(f"{house.url}/account/login/?next=/account/profile/")
    continue_with_nordbank(page, nordbank)
    page.wait_for_url(lambda url: url.startswith(house.url) and "/login/" not in url)
    assert User.objects.filter(email=EMAIL).count() == 1
