"""Subscribing, cancelling without signing in, and the staff's desk, in a real browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.house import House


def test_an_owner_subscribes_on_a_phone_and_gets_the_terms_by_mail(
    visit: Callable[..., Page], house: House
) -> None:
    page = visit("owner46@demo.example", phone=True)
    page.goto("/subscriptions/")
    page.get_by_role("link", name="Ladepaket 300 kWh").click()
    page.get_by_role("link", name="Beginn wählen").click()
    page.get_by_role("button", name="Bestellung prüfen").click()

    terms = page.locator("main")
    for words in ("129,00", "300\N{NO-BREAK SPACE}kWh", "kündbar", "widerrufen"):
        expect(terms).to_contain_text(words)
    button = page.get_by_role("button", name="Zahlungspflichtig bestellen")
    withdrawal = page.locator("dd", has_text="widerrufen").bounding_box()
    pressed = button.bounding_box()
    assert withdrawal
    assert pressed
    assert withdrawal["y"] < pressed["y"]
    button.click()

    page.wait_for_url("**/subscriptions/contracts/*/")
    expect(page.locator("h1")).to_have_text("Ladepaket 300 kWh")
    code = re.search(r"NL-\w{4}-\w{3}", page.locator(".lead").inner_text())
    assert code
    letter = house.newest_mail("owner46@demo.example")
    for words in (code.group(), "129,00", "Widerrufsbelehrung"):
        assert words in letter

    page.goto("/subscriptions/")
    expect(page.locator("section", has=page.locator("#running"))).to_contain_text("Ladepaket 300 kWh")


def test_a_car_with_a_battery_is_refused_with_words_before_the_order(visit: Callable[..., Page]) -> None:
    page = visit("owner@demo.example")
    page.goto("/subscriptions/plans/battery-100/order/")
    page.get_by_role("button", name="Bestellung prüfen").click()
    expect(page.locator("main")).to_contain_text("schon einen solchen Vertrag")
    expect(page.get_by_role("button", name="Zahlungspflichtig bestellen")).to_have_count(0)


def test_anybody_cancels_without_signing_in_and_staff_find_it_on_their_desk(
    visit: Callable[..., Page], house: House
) -> None:
    guest = visit(phone=True)
    guest.goto("/")
    guest.get_by_role("link", name="Verträge hier kündigen").click()
    guest.get_by_label("Ihr Name").fill("Karla Lund")
    guest.get_by_label("Welcher Vertrag?").fill("Akku-Abo, HH KL 99E")
    guest.get_by_label("E-Mail für die Bestätigung").fill("karla@example.org")
    guest.get_by_role("button", name="Jetzt kündigen").click()
    expect(guest.locator("h1")).to_have_text("Ihre Kündigung ist eingegangen")
    code = re.search(r"NL-\w{4}-\w{3}", guest.locator("main").inner_text())
    assert code
    # Nobody has such a contract: a second letter says which request has become of it.
    assert "Kündigung" in house.newest_mail("karla@example.org", about=code.group())

    desk = visit("advisor@demo.example")
    desk.goto("/staff/subscriptions/")
    desk.get_by_role("link", name=code.group()).click()
    expect(desk.locator("main")).to_contain_text("Akku-Abo, HH KL 99E")
    desk.get_by_label("Notiz").fill("Angerufen: Der Vertrag läuft bei einem anderen Anbieter.")
    desk.get_by_role("button", name="Als geklärt schließen").click()
    expect(desk.locator("li", has_text=code.group())).to_contain_text("geklärt")


def test_a_holder_withdraws_within_the_fourteen_days(visit: Callable[..., Page]) -> None:
    page = visit("owner30@demo.example")
    page.goto("/subscriptions/plans/mobility-600/order/")
    page.get_by_role("button", name="Bestellung prüfen").click()
    page.get_by_role("button", name="Zahlungspflichtig bestellen").click()
    page.wait_for_url("**/subscriptions/contracts/*/")
    contract = page.url
    page.locator("aside").get_by_role("link", name="Vertrag widerrufen").click()
    page.get_by_role("button", name="Widerruf bestätigen").click()
    expect(page.locator("h1")).to_have_text("Ihr Widerruf ist eingegangen")
    page.goto(contract)
    expect(page.locator("main")).to_contain_text("widerrufen")
