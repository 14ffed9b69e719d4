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
