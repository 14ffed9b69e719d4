"""An owner books on a phone; the workshop sees it without reloading. Two look at the same time."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Page, expect

from tests.journeys.booking_steps import choose_day, choose_time, choose_work

WINTER_CHECK = "Wintercheck"


def chosen_day(page: Page) -> str:
    return parse_qs(urlparse(page.url).query)["day"][0]


def test_an_owner_books_on_a_phone_and_the_workshop_sees_it_appear(visit: Callable[..., Page]) -> None:
    phone = visit("owner@demo.example", phone=True)
    choose_time(phone, WINTER_CHECK, "Die Heckklappe klemmt.")
    day = chosen_day(phone)

    desk = visit("staff@demo.example")
    with desk.expect_event("websocket"):
        desk.goto(f"/staff/day/list/?day={day}")
    rows = desk.locator("tr[id^=visit-]")
    before = rows.count()

    phone.get_by_role("link", name="Termin prüfen").first.click()
    phone.wait_for_url("**/service/book/confirm/**")
    expect(phone.get_by_text("Die Heckklappe klemmt.")).to_be_visible()
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
    phone = visit("owner20@demo.example", phone=True)
    with phone.expect_event("websocket"):
        choose_work(phone, "Lack und Karosserie")
    choose_day(phone)
    first = phone.locator(".times button").first
    wanted = str(first.get_attribute("value"))
    asked = parse_qs(urlparse(phone.url).query)

    quick = visit("owner21@demo.example")
    choose_work(quick, "Lack und Karosserie")
    quick.goto(f"{quick.url}&centre={asked['centre'][0]}&week={asked['week'][0]}&day={asked['day'][0]}")
    quick.locator(f'.times button[value="{wanted}"]').click()
    quick.wait_for_url("**starts_at=**")
    # Kept for one, and gone for the other, who did nothing.
    expect(phone.locator(f'.times button[value="{wanted}"]')).to_have_count(0)
    quick.get_by_role("link", name="Termin prüfen").first.click()
    quick.get_by_role("button", name="Termin reservieren").click()
    quick.wait_for_url(re.compile(r"/service/appointments/\d+/$"))

    phone.locator(".times button").first.click()
    phone.wait_for_url("**starts_at=**")
    phone.get_by_role("link", name="Termin prüfen").first.click()
    phone.get_by_role("button", name="Termin reservieren").click()
    phone.wait_for_url(re.compile(r"/service/appointments/\d+/$"))


def test_a_time_that_was_kept_too_long_is_said_to_be_over(visit: Callable[..., Page]) -> None:
    page = visit("owner22@demo.example")
    page.clock.install()
    choose_time(page, WINTER_CHECK)
    page.get_by_role("link", name="Termin prüfen").first.click()
    page.wait_for_url("**/service/book/confirm/**")
    expect(page.locator("[data-keeps-left]")).to_have_text(re.compile(r"^\d:\d\d$"))
    page.clock.fast_forward("10:30")
    expect(page.get_by_text("Ihre Zeit ist nicht mehr reserviert.")).to_be_visible()
