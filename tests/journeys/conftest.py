"""Journeys: a real browser, the house as it runs, the demo's data."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import APPLICATION_ROLE, _owner_sql
from tests.journeys.house import House

# Playwright's synchronous face runs an event loop in this thread; the tests' own queries are safe in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


# Both end with the last journey, not with the session: Playwright's event loop in this thread
# would forbid async_to_sync to every test that comes after.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without one, journeys are skipped; in CI they fail."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Journeys need Chromium, and none was found (set CHROMIUM to its path).")
        pytest.skip("Journeys need Chromium: apt-get install chromium, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def house(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A database of its own from the template, filled with the demo; then the processes."""
    with built("journeys", tmp_path_factory.mktemp("house")) as house:
        house.manage("demo", owner=True)
        house.start()
        yield house


@contextmanager
def built(label: str, folder: Path) -> Iterator[House]:
    """A house on a copy of the template database, both gone afterwards; it is for the caller to start."""
    database: Any = settings.DATABASES["default"]
    name = database["TEST"]["NAME"]
    own = f"{name}_{label}"
    _owner_sql(
        f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)',
        f'CREATE DATABASE "{own}" TEMPLATE {{template}}',
        name=name,
    )
    owner = _url(database, own)
    application = f"{owner}?options=-c%20role%3D{APPLICATION_ROLE}"
    house = House(folder=folder, database_url=application, owner_url=owner)
    try:
        yield house
    finally:
        house.stop()
        _owner_sql(f'DROP DATABASE "{own}" WITH (FORCE)', name=name)


def _url(database: dict[str, Any], name: str) -> str:
    return (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{name}"
    )


@pytest.fixture
def journey_db(house: House, django_db_blocker: Any) -> Iterator[None]:
    """The house's own database, for a journey that prepares or checks by query."""
    usual = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = house.environment["DATABASE_OWNER_URL"].rpartition("/")[2]
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    connection.settings_dict["NAME"] = usual


@pytest.fixture
def visit(house: House, browser: Browser) -> Iterator[Callable[..., Page]]:
    """``visit("owner@demo.example", phone=True)``: a browser of its own, signed in if named.

    Fails the test on any server error, on a script error, and on a request that leaves the house.
    """
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def open_browser(email: str | None = None, *, phone: bool = False, dark: bool = False) -> Page:
        context = browser.new_context(
            **(PHONE if phone else DESKTOP),
            base_url=house.url,
            locale="de-DE",
            timezone_id="Europe/Berlin",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on(
            "response",
            lambda answer: problems.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((house.url, "data:", "blob:", house.url.replace("http", "ws", 1)))
                else problems.append(f"leaves the house: {asked.url}")
            ),
        )
        if email:
            sign_in(page, email)
        return page

    yield open_browser
    for context in opened:
        context.close()
    assert not problems, problems


def sign_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(settings.DEMO_PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login" not in url)
