"""How a person comes to a time in a browser: for all journeys that book."""

import re

from playwright.sync_api import Page, expect


def choose_work(page: Page, service: str, note: str = "", *, car: str = "") -> None:
    """Step one, up to the times; with ``car`` (its id) where there are several."""
    page.goto(f"/service/book/?vehicle={car}" if car else "/service/book/")
    page.get_by_label(re.compile(service)).check()
    expect(page.locator("aside")).to_contain_text(service)  # summed up while one ticks
    if note:
        page.get_by_label("Nachricht an die Werkstatt").fill(note)
    page.get_by_role("button", name="Ort und Zeit wählen").click()
    page.wait_for_url("**/service/book/time/**")


def choose_day(page: Page) -> None:
    """As far in the future as the second week shows."""
    page.get_by_role("link", name="Spätere Tage").click()
    page.wait_for_url("**week=**")
    page.locator("a.day").first.click()
    page.wait_for_url("**day=**")


def choose_time(page: Page, service: str, note: str = "", *, car: str = "") -> None:
    """Steps one and two, up to a time that is kept."""
    choose_work(page, service, note, car=car)
    choose_day(page)
    page.locator(".times button").first.click()
    page.wait_for_url("**starts_at=**")
    expect(page.get_by_text(re.compile("für Sie reserviert|reserviert bis")).first).to_be_attached()
