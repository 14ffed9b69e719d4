"""An owner books on a phone; the workshop sees it without reloading. Two look at the same time."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Page, expect

WINTER_CHECK = "Wintercheck"


def choose_time(page: Page, service: str) -> None:
    """Steps one and two up to a chosen time, as far in the future as the second week shows."""
    page.goto("/service/book/")
    page.get_by_role("link", name=re.compile(service)).click()
    page.wait_for_url("**/service/book/time/**")
    page.get_by_role("link", name="Spätere Tage").click()
    page.wait_for_url("**week=**")
    page.locator("a.day").first.click()
    page.wait_for_url("**day=**")
    page.locator(".choices-tight a.choice").first.click()
    page.wait_for_url("**starts_at=**")


def chosen_day(page: Page) -> str:
    return parse_qs(urlparse(page.url).query)["day"][0]


def test_an_owner_books_on_a_phone_and_the_workshop_sees_it_appear(visit: Callable[..., Page]) -> None:
    phone = visit("owner@demo.example", phone=True)
    choose_time(phone, WINTER_CHECK)
    day = chosen_day(phone)

    desk = visit("staff@demo.example")
    with desk.expect_event("websocket"):
        desk.goto(f"/staff/day/list/?day={day}")
    rows = desk.locator("tr[id^=visit-]")
    before = rows.count()

    phone.get_by_role("link", name="Termin prüfen").first.click()
    phone.wait_for_url("**/service/book/confirm/**")
    phone.get_by_label("Nachricht an die Werkstatt").fill("Die Heckklappe klemmt.")
    phone.get_by_role("button", name="Termin reservieren").click()
    phone.wait_for_url(re.compile(r"/service/appointments/\d+/$"))
    expect(phone.get_by_text("Ihr Termin ist reserviert.")).to_be_visible()

    expect(rows).to_have_count(before + 1)
    expect(desk.get_by_text("Die Heckklappe klemmt.")).to_be_visible()

    phone.get_by_role("link", name="Termin verschieben").click()
    phone.locator(".choices-tight a.choice").last.click()
    phone.wait_for_url("**starts_at=**")
    phone.get_by_role("button", name="Termin verschieben").click()
    expect(phone.get_by_text("Ihr Termin wurde verschoben.")).to_be_visible()


def test_a_time_that_somebody_else_takes_vanishes_while_one_looks(visit: Callable[..., Page]) -> None:
    slow = visit("owner20@demo.example")
    with slow.expect_event("websocket"):
        choose_time(slow, "Lack und Karosserie")
    address = slow.url

    quick = visit("owner21@demo.example", phone=True)
    quick.goto("/service/book/")
    quick.get_by_role("link", name=re.compile("Lack und Karosserie")).click()
    quick.wait_for_url("**/service/book/time/**")
    wanted = parse_qs(urlparse(address).query)
    mine = parse_qs(urlparse(quick.url).query)
    quick.goto(
        f"/service/book/time/?vehicle={mine['vehicle'][0]}&service_type={mine['service_type'][0]}"
        f"&centre={wanted['centre'][0]}&week={wanted['week'][0]}&day={wanted['day'][0]}"
    )
    quick.locator(".choices-tight a.choice").first.click()
    quick.wait_for_url("**starts_at=**")
    quick.get_by_role("link", name="Termin prüfen").first.click()
    quick.get_by_role("button", name="Termin reservieren").click()
    quick.wait_for_url(re.compile(r"/service/appointments/\d+/$"))

    expect(slow.get_by_text("Die gewählte Zeit wurde gerade vergeben.")).to_be_visible()
    expect(slow.get_by_role("link", name="Termin prüfen")).to_have_count(0)
