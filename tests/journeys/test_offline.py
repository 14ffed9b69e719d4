"""Without a network the installed portal still shows the next appointment."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.journeys.house import House


def test_the_offline_page_shows_the_next_appointment_and_continues_by_itself(
    visit: Callable[..., Page],
) -> None:
    page = visit("owner@demo.example", phone=True)
    page.goto("/")
    service = page.locator("[data-offline-appointment]").get_attribute("data-title") or ""
    assert service
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    page.context.set_offline(True)
    page.goto("/garage/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind offline")
    expect(page.locator("[data-kept]")).to_contain_text(service)

    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Garage")
    assert page.url.endswith("/garage/")


def test_the_frame_works_without_a_script(house: House, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=house.url)
    page = context.new_page()
    page.goto("/")
    page.locator("details.menu-pop summary").click()
    page.locator("button[value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "nordlicht-dark")
    context.close()
