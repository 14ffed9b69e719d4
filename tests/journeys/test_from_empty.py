"""From an empty database to a first booking, in the browser only."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.booking_steps import choose_time
from tests.journeys.conftest import DESKTOP, PHONE, built
from tests.journeys.house import House
from tests.journeys.test_main_job import NEW_PASSWORD, confirm_code

CHIEF, OWNER = "ada@suedwind.example", "anna@example.org"
VIN = "WNLN5AZZZTH900001"
NEXT_PAGE = 30_000  # ms; a checked file takes a worker two rounds


@pytest.fixture(scope="module")
def empty_house(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house of its own, migrated and without anything in it."""
    with built("empty", tmp_path_factory.mktemp("empty")) as house:
        house.environment["PUBLIC_URL"] = house.url
        house.start()
        yield house


@pytest.fixture
def open_page(empty_house: House, browser: Browser) -> Iterator[Callable[..., Page]]:
    opened = []
    problems: list[str] = []

    def open_one(shape: dict[str, Any]) -> Page:
        context = browser.new_context(
            **shape, base_url=empty_house.url, locale="de-DE", timezone_id="Europe/Berlin"
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on(
            "response",
            lambda answer: problems.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        return page

    yield open_one
    for context in opened:
        context.close()
    assert not problems, problems


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_up_first(page: Page, house: House) -> None:
    page.goto(house.told("setup_link"))
    page.get_by_label("Vorname").fill("Ada")
    page.get_by_label("Nachname").fill("Brandt")
    page.get_by_label("E-Mail").fill(CHIEF)
    page.get_by_label("Passwort", exact=True).fill(NEW_PASSWORD)
    press(page, "Konto anlegen und beginnen")
    page.wait_for_url("**/staff/setup/")


def set_brand_and_imprint(page: Page) -> None:
    page.goto("/staff/setup/brand/")
    page.get_by_label("Name der Marke").fill("Südwind")
    page.locator("input[name=colour_light]").fill("#f2c94c")
    press(page, "Speichern")
    expect(page.locator(".error-summary")).to_contain_text("Kontrast")
    expect(page.get_by_label("Name der Marke")).to_have_value("Südwind")
    page.locator("input[name=colour_light]").fill("#7a2048")
    page.get_by_label("Den Ton für die dunkle Darstellung automatisch finden").check()
    press(page, "Speichern")
    expect(page.locator("a.brand")).to_contain_text("Südwind")
    page.goto("/staff/setup/imprint/")
    for name, value in {
        "legal_name": "Südwind Automobile AG",
        "street": "Am Kai 1",
        "postcode": "20457",
        "town": "Hamburg",
        "represented_by": "Ada Brandt",
        "phone": "+49 40 66969001",
        "email": "hallo@suedwind.example",
    }.items():
        page.locator(f"input[name={name}]").fill(value)
    press(page, "Speichern")
    expect(page.locator(".messages")).to_be_visible()


def publish_texts(page: Page) -> None:
    for kind in ("privacy", "terms", "accessibility"):
        page.goto(f"/staff/legal/{kind}/")
        expect(page.locator("textarea[name=text_de]")).to_have_value(re.compile("Südwind Automobile AG"))
        press(page, "Veröffentlichen")
        page.wait_for_url("**/staff/legal/")


def make_workshop(page: Page) -> None:
    page.goto("/staff/centres/")
    page.get_by_role("link", name="Ersten Servicestandort anlegen").click()
    for name, value in {
        "name": "Hamburg-Hafen",
        "street": "Am Kai 1",
        "postcode": "20457",
        "town": "Hamburg",
        "phone": "+49 40 66969001",
        "email": "hafen@suedwind.example",
    }.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("select[name=land]").select_option("HH")
    press(page, "Servicestandort anlegen")
    page.wait_for_url(re.compile(r"/staff/centres/\d+/$"))
    centre = page.url
    page.goto("/staff/services/")
    press(page, "Mit üblichen Leistungen beginnen")
    expect(page.get_by_role("link", name="Wintercheck")).to_be_visible()
    page.goto(centre)
    page.locator("a[href$='/new/technician/']").click()
    page.get_by_label("Name auf der Tafel").fill("M. Sahin")
    page.get_by_label("Mechanik", exact=True).check()
    press(page, "Hinzufügen")
    expect(page.locator("main")).to_contain_text("M. Sahin")
    page.locator("a[href$='/new/bay/']").click()
    page.get_by_label("Name auf der Tafel").fill("Hebebühne 1")
    page.locator("select[name=bay_type]").select_option("lift")
    press(page, "Hinzufügen")
    expect(page.locator("main")).to_contain_text("Hebebühne 1")


def add_model(page: Page) -> None:
    page.goto("/staff/office/vehicles/vehiclemodel/add/")
    for name, value in {
        "code": "S1",
        "name": "S1",
        "battery_kwh": "60",
        "range_km": "410",
        "price_cents": "3990000",
    }.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("[name=_save]").first.click()
    page.wait_for_url(re.compile(r"/vehiclemodel/$"))


def import_car(page: Page, folder: Path) -> None:
    file = folder / "fahrzeuge.csv"
    file.write_bytes(
        f"Fahrgestellnummer;Modell;Kennzeichen;owner\r\n{VIN};S1;HH SW 1E;{OWNER}\r\n"
        "WNLN5AZZZTH90000I;S1;;\r\n".encode("cp1252")
    )
    page.goto("/staff/imports/new/cars/")
    page.locator("input[type=file]").set_input_files(file)
    press(page, "Hochladen und prüfen")
    page.wait_for_url(re.compile(r"/staff/imports/\d+/$"))
    start = page.get_by_role("button", name="1 Zeile übernehmen")
    expect(start).to_be_visible(timeout=NEXT_PAGE)  # it appears by itself
    expect(page.locator("main")).to_contain_text(re.compile(r"Zeile\s3, Spalte\svin"))
    start.click()
    expect(page.get_by_role("heading", name="Fertig")).to_be_visible(timeout=NEXT_PAGE)


def test_from_an_empty_database_to_a_first_booking(
    open_page: Callable[..., Page], empty_house: House, tmp_path: Path
) -> None:
    chief = open_page(DESKTOP)
    sign_up_first(chief, empty_house)
    expect(chief.locator("main")).to_contain_text("0 von")
    set_brand_and_imprint(chief)
    publish_texts(chief)
    chief.goto("/staff/setup/mail/")
    press(chief, "Test-E-Mail senden")
    expect(chief.locator(".note-good")).to_be_visible()
    add_model(chief)
    make_workshop(chief)
    chief.goto("/staff/setup/")
    expect(chief.locator("main")).to_contain_text("Alles Nötige ist da")

    owner = open_page(PHONE)
    owner.goto("/account/signup/")
    expect(owner.locator("main")).to_contain_text("Allgemeinen Geschäftsbedingungen")
    owner.locator("input[name=email]").fill(OWNER)
    owner.locator("input[name=password1]").fill(NEW_PASSWORD)
    press(owner, "Konto anlegen")
    confirm_code(owner, empty_house, OWNER)
    import_car(chief, tmp_path)

    choose_time(owner, "Wintercheck")
    owner.get_by_role("link", name="Termin prüfen").first.click()
    owner.wait_for_url("**/service/book/confirm/**")
    press(owner, "Termin reservieren")
    owner.wait_for_url(re.compile(r"/service/appointments/\d+/$"))
    expect(owner.get_by_text("Ihr Termin ist reserviert.")).to_be_visible()
    expect(owner.locator("a.brand")).to_contain_text("Südwind")
