"""A car is handed over, shared and transferred, by page, on desktop and phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

VIN = "WNLN5BZZZTH900001"


def first_car(page: Page) -> str:
    """Open the first car of the garage; its path."""
    page.goto("/garage/")
    page.locator("main a.cover").first.click()
    page.wait_for_url("**/garage/*/")
    return page.url


def test_a_car_goes_from_the_handover_into_the_garage(visit: Callable[..., Page]) -> None:
    staff = visit("staff@demo.example")
    staff.goto("/staff/vehicles/hand-over/")
    staff.locator("input[name=vin]").fill(VIN)
    staff.locator("select[name=model]").select_option(label="N5")
    staff.locator("main form button.btn-primary").click()
    code = staff.locator("#claim-code").inner_text()

    owner = visit("owner41@demo.example", phone=True)
    owner.goto("/garage/add/")
    owner.locator("input[name=vin]").fill(VIN.replace("0", "O", 1))
    owner.locator("input[name=code]").fill(code)
    owner.locator("main form button.btn-primary").click()
    expect(owner.locator("main .field .errorlist")).to_contain_text("13")
    owner.locator("input[name=vin]").fill(VIN.lower())
    owner.locator("main form button.btn-primary").click()
    owner.wait_for_url("**/edit/?new=1")
    owner.locator("input[name=plate]").fill("hh nl 901e")
    owner.locator("input[name=nickname]").fill("Schneehase")
    owner.locator("main form button.btn-primary").click()
    expect(owner.locator("h1")).to_have_text("Schneehase")
    expect(owner.locator("main")).to_contain_text("HH NL 901E")


@pytest.mark.parametrize(("old", "new", "phone"), [(42, 43, False), (44, 45, True)])
def test_a_car_changes_hands_and_the_old_owner_loses_it_at_once(
    visit: Callable[..., Page], old: int, new: int, phone: bool
) -> None:
    seller = visit(f"owner{old}@demo.example", phone=phone)
    car = first_car(seller)
    seller.goto(car + "transfer/")
    seller.locator("input[name=email]").fill(f"owner{new}@demo.example")
    seller.locator("main form button.btn-primary").click()
    seller.wait_for_url(car)
    expect(seller.locator("main .note-wait")).to_contain_text(f"owner{new}@demo.example")

    buyer = visit(f"owner{new}@demo.example", phone=phone)
    buyer.goto("/garage/")
    buyer.locator("main .note-wait a").click()
    buyer.locator("form[action$='/accept/'] button").click()
    buyer.wait_for_url("**/edit/?new=1")
    buyer.goto(car)
    expect(buyer.locator("main")).to_contain_text("WNLN")

    answer = seller.goto(car)
    assert answer is not None
    assert answer.status == 404
    seller.goto("/garage/")
    expect(seller.locator(f"main a[href='{car.split('/', 3)[3]}']")).to_have_count(0)


def test_access_is_given_used_and_revoked_at_once(visit: Callable[..., Page]) -> None:
    owner = visit("owner46@demo.example")
    car = first_car(owner)
    owner.goto(car + "access/")
    owner.locator("input[name=email]").fill("owner47@demo.example")
    owner.locator("input[name=rights][value=drive]").check()
    owner.locator("main aside form button.btn-primary").click()
    expect(owner.locator("main .list")).to_contain_text("owner47@demo.example")

    driver = visit("owner47@demo.example", phone=True)
    driver.goto("/garage/incoming/")
    driver.locator("form[action$='/accept/'] button").click()
    driver.wait_for_url(car)
    expect(driver.locator("button[popovertarget=leave]").first).to_be_visible()
    expect(driver.locator("main")).not_to_contain_text("WNLN")  # only what the task needs

    owner.reload()
    owner.locator("main .list button[popovertarget]").first.click()
    owner.locator("dialog.confirm button.btn-error:visible").click()
    expect(owner.locator("main .list > li")).to_have_count(1)
    answer = driver.reload()
    assert answer is not None
    assert answer.status == 404
