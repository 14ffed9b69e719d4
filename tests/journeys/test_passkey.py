"""Signing up and in with a passkey, by Chromium's virtual authenticator."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House


def plug_in_authenticator(page: Page) -> None:
    """A platform authenticator with resident keys that always says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_account_without_a_password(visit: Callable[..., Page], house: House, phone: bool) -> None:
    page = visit(phone=phone)
    plug_in_authenticator(page)
    email = f"passkey-{'phone' if phone else 'desktop'}@example.org"
    page.goto("/account/signup/passkey/")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=first_name]").fill("Runa")
    page.locator("input[name=last_name]").fill("Holm")
    page.locator("form.form button[type=submit]").first.click()
    page.locator("input[name=code]").fill(house.code_from_mail(email))
    page.locator("form.form button[type=submit]").first.click()
    page.locator("#mfa_webauthn_signup, button:has-text('Passkey')").first.click()
    page.wait_for_url(lambda url: "signup" not in url and "webauthn" not in url)
    page.goto("/account/security/")
    expect(page.locator("main")).to_contain_text("Passkey")

    page.goto("/account/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "logout" not in url)
    page.goto("/account/login/")
    page.locator("#passkey_login, button:has-text('Passkey')").first.click()
    page.wait_for_url(lambda url: "login" not in url)
    expect(page.locator("header")).to_contain_text("RH")
