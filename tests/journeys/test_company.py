"""A company adds a driver: invited, given a car, books its service, is removed and loses it at once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from playwright.sync_api import Page, expect

from accounts.models import Organisation, User
from tests.journeys.booking_steps import choose_time
from vehicles.models import Ownership, Vehicle, VehicleModel


def create_company(page: Page, name: str) -> str:
    """By page; the address of its page."""
    page.goto("/account/organisations/")
    page.locator("main a.btn").first.click()
    page.locator("input[name=name]").fill(name)
    page.locator("select[name=legal_form]").select_option("gmbh")
    page.locator("input[name=vat_id]").fill("DE136695977")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main .errorlist").first).to_be_visible()  # one digit is wrong
    page.locator("input[name=vat_id]").fill("")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/account/organisations/*/")
    expect(page.locator("h1")).to_have_text(name)
    return page.url


def invite_driver(page: Page, company: str, email: str) -> None:
    page.goto(company + "invite/")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=role][value=driver]").check()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(company)
    expect(page.locator("main .list").last).to_contain_text(email)


def give_car_to(name: str, vin: str) -> int:
    """The handover is a journey of its own: here the company has its car already."""
    car = Vehicle.objects.create(vin=vin, model=VehicleModel.objects.get(code="N5"), plate="HH AC 1E")
    since = DateTimeTZRange(datetime(2026, 1, 1, tzinfo=UTC), None, "[)")
    Ownership.objects.create(vehicle=car, organisation=Organisation.objects.get(name=name), period=since)
    return int(car.pk)


@pytest.mark.parametrize(("boss", "driver", "phone"), [(51, 52, False), (53, 54, True)])
def test_a_company_adds_a_driver_who_loses_everything_when_removed(
    visit: Callable[..., Page], journey_db: None, boss: int, driver: int, phone: bool
) -> None:
    name, email = f"Elbwind {boss} GmbH", f"owner{driver}@demo.example"
    manager = visit(f"owner{boss}@demo.example", phone=phone)
    company = create_company(manager, name)
    invite_driver(manager, company, email)
    car = give_car_to(name, f"WNLN5BZZZTH9100{boss}")

    rider = visit(email, phone=phone)
    rider.goto("/account/organisations/")
    expect(rider.locator("main")).to_contain_text(name)
    rider.locator("form[action$='/accept/'] button").click()
    rider.wait_for_url(company)
    expect(rider.locator("main a[href$='/invite/']")).to_have_count(0)

    manager.goto(f"/garage/{car}/access/")
    manager.locator("select[name=email]").select_option(email)
    for right in ("drive", "service"):
        manager.locator(f"input[name=rights][value={right}]").check()
    manager.locator("main aside form button.btn-primary").click()
    shown = User.objects.get(email=email).display_name
    expect(manager.locator("main .list")).to_contain_text(shown)

    choose_time(rider, "Wintercheck", car=str(car))
    rider.get_by_role("link", name="Termin prüfen").first.click()
    rider.wait_for_url("**/service/book/confirm/**")
    rider.get_by_role("button", name="Termin reservieren").click()
    rider.wait_for_url(re.compile(r"/service/appointments/\d+/$"))
    visit_page = rider.url
    manager.goto(visit_page)
    expect(manager.locator("main")).to_contain_text("N5")

    rider.goto(f"/garage/{car}/")
    manager.goto(company)
    manager.locator("main .list li", has_text=shown).locator("button[popovertarget]").first.click()
    manager.locator("dialog.confirm button.btn-error:visible").click()
    expect(manager.locator("main .list").first).not_to_contain_text(shown)
    for lost in (f"/garage/{car}/", visit_page, company):
        answer = rider.goto(lost)
        assert answer is not None
        assert answer.status == 404, lost
