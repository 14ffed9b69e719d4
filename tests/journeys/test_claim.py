"""A second-hand buyer claims a car with its registration document; the seller agrees, two of us decide."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.factories.documents import picture_bytes
from tests.journeys.test_garage import first_car

VIN = re.compile(r"WNLN[A-Z0-9]{13}")


def verdict(desk: Page, code: str) -> None:
    desk.goto("/staff/claims/")
    desk.get_by_role("link", name=code).click()
    expect(desk.locator("main .document-picture img")).to_be_visible()
    desk.locator("input[name=grants][value=yes]").check()
    desk.locator("main form button.btn-primary").click()
    desk.wait_for_url("**/staff/claims/*/")


@pytest.mark.parametrize(("old", "new", "phone"), [(61, 62, True), (63, 64, False)])
def test_a_buyer_comes_to_their_car_without_a_code(
    visit: Callable[..., Page], old: int, new: int, phone: bool
) -> None:
    seller = visit(f"owner{old}@demo.example", phone=phone)
    car = first_car(seller)
    found = VIN.search(seller.locator("main").inner_text().replace(" ", ""))
    assert found is not None

    buyer = visit(f"owner{new}@demo.example", phone=phone)
    buyer.goto("/garage/add/")
    buyer.locator("aside a[href$='/garage/claim/']").click()
    buyer.locator("input[name=vin]").fill(found[0])
    photo: FilePayload = {
        "name": "schein.jpg",
        "mimeType": "image/jpeg",
        "buffer": picture_bytes(size=(900, 600)),
    }
    buyer.locator("input[type=file][name=document]").set_input_files(files=[photo])
    buyer.locator("main form button.btn-primary").click()
    buyer.wait_for_url("**/garage/claims/*/")
    code = buyer.locator("main .lead").inner_text()
    claim = buyer.url

    seller.goto("/garage/incoming/")
    seller.locator("main a[href*='/garage/claims/']").first.click()
    seller.locator("form[action$='/agree/'] button").click()
    expect(seller.locator("main")).to_contain_text("stimmt zu")

    verdict(visit("advisor@demo.example"), code)
    buyer.goto(claim)
    expect(buyer.locator("form[action$='/withdraw/']")).to_be_visible()
    verdict(visit("admin@demo.example"), code)

    buyer.goto(claim)
    expect(buyer.locator("main")).to_contain_text("Das Auto gehört Ihnen.")
    buyer.goto(car)
    expect(buyer.locator("main")).to_contain_text(found[0])
    answer = seller.goto(car)
    assert answer is not None
    assert answer.status == 404
