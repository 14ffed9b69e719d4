"""A partner service is registered, signs somebody in through the browser, and is disconnected."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE, sign_in
from tests.journeys.house import House
from tests.journeys.partner_site import PartnerSite, running_partner
from tests.journeys.test_accessibility import violations


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[PartnerSite]:
    with running_partner(house.url) as site:
        yield site


@pytest.fixture(scope="module")
def registered(house: House, browser: Browser, site: PartnerSite) -> PartnerSite:
    """An administrator registers the partner in the browser and passes id and secret on."""
    desktop: dict[str, Any] = DESKTOP
    context = browser.new_context(**desktop, base_url=house.url, locale="de-DE")
    page = context.new_page()
    sign_in(page, "admin@demo.example")
    page.goto("/staff/partners/")
    page.get_by_role("link", name="Partnerdienst registrieren").click()
    for label, value in (
        ("Name", "Ladefuchs"),
        ("Was der Dienst tut, auf Deutsch", "Öffentliches Laden in ganz Europa, mit einer Rechnung."),
        ("Was der Dienst tut, auf Englisch", "Public charging all over Europe, on one bill."),
        ("Website", "https://laden.example/"),
        ("Datenschutzhinweise", "https://laden.example/privacy"),
        ("Kontakt für uns", "team@laden.example"),
        ("Rücksprungadressen", f"{site.url}/callback"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    for scope in ("Ihr Name (profile)", "Ihre Fahrzeuge (vehicles:read)"):
        page.get_by_label(scope, exact=True).check()
    page.get_by_role("button", name="Registrieren").click()
    secret = page.get_by_label("Client-Geheimnis").input_value()
    client_id = page.locator("dt", has_text="Client-ID").locator("xpath=following-sibling::dd").inner_text()
    page.get_by_role("button", name="Gespeichert, ausblenden").click()
    expect(page.get_by_label("Client-Geheimnis")).to_have_count(0)
    context.close()
    site.configure(client_id.strip(), secret)
    return site


@pytest.fixture
def person(house: House, browser: Browser) -> Iterator[Callable[[bool], Page]]:
    """A browser that may leave the house, which ``visit`` forbids."""
    opened: list[Any] = []
    problems: list[str] = []

    def open_browser(phone: bool) -> Page:
        context = browser.new_context(
            **(PHONE if phone else DESKTOP), base_url=house.url, locale="de-DE", reduced_motion="reduce"
        )
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        return page

    yield open_browser
    for context in opened:
        context.close()
    # A browser that stops a form on its way says so there: "Refused to send form data … form-action".
    refused = [text for text in problems if "Content Security Policy" in text]
    assert not refused, refused


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_partner_service_signs_somebody_in(
    registered: PartnerSite, person: Callable[[bool], Page], phone: bool
) -> None:
    site = registered
    page = person(phone)
    page.goto(f"{site.url}/")
    page.get_by_role("link", name="Mit Nordlicht anmelden").click()
    # Not signed in yet: the sign-in page, then the question.
    page.locator("input[name=login]").fill("owner@demo.example")
    page.locator("input[name=password]").fill("Nordlicht-2026")
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ladefuchs mit Ihrem Nordlicht-Konto")
    expect(page.get_by_label("Ihre Fahrzeuge")).to_be_checked()
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Verbinden", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hallo")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fahrzeuge")

    # Once more, from a fresh browser: signing in is all there is to do.
    again = person(phone)
    again.goto(f"{site.url}/")
    again.get_by_role("link", name="Mit Nordlicht anmelden").click()
    again.locator("input[name=login]").fill("owner@demo.example")
    again.locator("input[name=password]").fill("Nordlicht-2026")
    again.locator("form:has(input[name=password]) button[type=submit]").first.click()
    expect(again.get_by_role("heading", level=1)).to_contain_text("Hallo")

    # The owner ends it, and the partner's very next question is refused.
    page.goto("/account/security/")
    page.get_by_role("link", name="Anzeigen Verbundene Dienste").click()
    expect(page.locator("main")).to_contain_text("Ladefuchs")
    page.locator("main button[popovertarget]").first.click()
    page.locator("dialog.confirm button.btn-error:visible").click()
    expect(page.locator("main")).to_contain_text("Kein Dienst ist verbunden")
    page.goto(f"{site.url}/again")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kein Zugriff: 401")


def test_saying_no_takes_nothing_along(registered: PartnerSite, person: Callable[[bool], Page]) -> None:
    page = person(True)
    sign_in(page, "owner@demo.example")
    page.goto(f"{registered.url}/")
    page.get_by_role("link", name="Mit Nordlicht anmelden").click()
    page.get_by_role("button", name="Nicht verbinden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Abgelehnt: access_denied")
