"""Being told: a consent given and taken back, push switched on for a device, a notice on its screen."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

# The push service lies outside the house: what a browser would get from it.
SUBSCRIBED = """
    const point = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
    PushManager.prototype.getSubscription = async () => null;
    PushManager.prototype.subscribe = async (options) => {
        window.askedWith = options.applicationServerKey.length;
        return { toJSON: () => ({
            endpoint: "https://push.example.com/send/journey",
            keys: { p256dh: point, auth: "BTBZMqHH6r4Tts7J_aSIgg" },
        }) };
    };
"""


def test_a_consent_is_given_and_withdrawn_by_the_same_button(visit: Callable[..., Page]) -> None:
    page = visit("owner@demo.example", phone=True)
    page.goto("/account/consents/")
    entry = page.locator("#marketing_mail")
    entry.get_by_role("button", name="Erlauben").click()
    expect(entry.get_by_text("erlaubt", exact=True)).to_be_visible()
    entry.get_by_role("button", name="Widerrufen").click()
    expect(entry.get_by_text("nicht erlaubt")).to_be_visible()
    page.get_by_role("link", name="Neuigkeiten und Angebote per E-Mail").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Einwilligung widerrufen")


def test_a_device_asks_only_after_a_click_and_shows_what_it_is_told(visit: Callable[..., Page]) -> None:
    page = visit("owner@demo.example")
    page.add_init_script(SUBSCRIBED)
    page.context.grant_permissions(["notifications"])
    page.goto("/account/notifications/")
    button = page.get_by_role("button", name="Für dieses Gerät einschalten")
    expect(button).to_be_visible()
    assert page.evaluate("window.askedWith") is None
    button.click()
    expect(page.get_by_text("dieses Gerät", exact=True)).to_be_visible()
    expect(button).to_be_hidden()

    told = {
        "title": "Ihr Fahrzeug ist fertig",
        "text": "Hamburg",
        "url": "/account/inbox/",
        "tag": "notice:1",
    }
    deliver(page, told)
    deliver(page, told)  # sent twice, shown once
    shown = page.evaluate(
        """async () => {
            const worker = await navigator.serviceWorker.ready;
            return (await worker.getNotifications()).map(n => [n.title, n.body, n.tag, n.data.url]);
        }"""
    )
    assert shown == [["Ihr Fahrzeug ist fertig", "Hamburg", "notice:1", "/account/inbox/"]]

    page.get_by_role("button", name="Ausschalten").click()
    expect(page.get_by_role("button", name="Für dieses Gerät einschalten")).to_be_visible()


def deliver(page: Page, message: dict[str, Any]) -> None:
    """What a push service does, by the browser's own tools."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tools: CDPSession = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    page.wait_for_function("() => true")
    origin = page.evaluate("location.origin")
    registration = next(one for one in found if one["scopeURL"].startswith(origin))
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration["registrationId"], "data": json.dumps(message)},
    )
    page.wait_for_function(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications()).length > 0"
    )
    tools.detach()
