"""Somebody comes by without an account; our staff write them down, and later they take over."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House


@pytest.mark.parametrize(
    ("phone", "email"), [(True, "wanda.kroeger@example.org"), (False, "willi.kroeger@example.org")]
)
def test_a_walk_in_is_written_down_invited_and_takes_over(
    visit: Callable[..., Page], house: House, phone: bool, email: str
) -> None:
    first_name = email.partition(".")[0].capitalize()
    number = f"0151 2300440{int(phone)}"
    desk = visit("staff@demo.example")
    desk.goto("/staff/customers/")
    desk.locator(".page-head a.btn-primary").click()
    desk.wait_for_url("**/staff/customers/new/")
    desk.locator("input[name=first_name]").fill("Mara")
    desk.locator("input[name=last_name]").press_sequentially("Lundt")
    expect(desk.locator("#duplicates")).to_contain_text("Mara Lund")  # known already, with a typo
    desk.locator("input[name=first_name]").fill(first_name)
    desk.locator("input[name=last_name]").fill("Kröger")
    desk.locator("input[name=phone]").fill(number)
    desk.locator("main form button.btn-primary").click()
    desk.wait_for_url(re.compile(r"/staff/customers/\d+/$"))
    expect(desk.locator("h1")).to_have_text(f"{first_name} Kröger")

    desk.locator("a[href$='/invite/']").click()
    desk.locator("input[name=email]").fill(email)
    desk.locator("main form button.btn-primary").click()
    desk.wait_for_url(re.compile(r"/staff/customers/\d+/$"))
    file = desk.url

    link = re.search(r"https?://\S+/welcome/[0-9a-f]{64}/", house.newest_mail(email))
    assert link
    customer = visit(phone=phone)
    customer.goto(urlsplit(link.group()).path)
    expect(customer.locator("main")).to_contain_text(email)
    customer.locator("input[name=password]").fill("Ein Satz genügt 7")
    customer.locator("main form button.btn-primary").click()
    customer.wait_for_url(lambda url: "/welcome/" not in url)
    customer.goto("/account/profile/")
    expect(customer.locator("input[name=last_name]")).to_have_value("Kröger")
    customer.goto("/account/history/")
    expect(customer.locator("main")).to_contain_text("Unser Service hat Ihre Akte angesehen")
    again = customer.goto(urlsplit(link.group()).path)
    assert again is not None
    assert again.status == 410

    desk.goto("/staff/customers/")
    desk.locator("#id_q").press_sequentially(f"{first_name} kroeger")
    desk.locator("#found a", has_text=f"{first_name} Kröger").click()
    desk.wait_for_url(file)
    expect(desk.locator("main")).to_contain_text("mit Konto")
    expect(desk.locator("a[href$='/invite/']")).to_have_count(0)
