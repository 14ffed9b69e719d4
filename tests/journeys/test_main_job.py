"""The main job from end to end, by page: from nothing to a car, a plan, a visit and an answer."""


from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import sign_in
from tests.journeys.house import House

NEW_PASSWORD = "Polarnacht-77-Kranich"


def sign_up(page: Page, house: House, email: str) -> None:
    page.goto("/account/signup/")
    page.locator("input[name=email]").fill(email)
    for name, value in (("first_name", "Jette"), ("last_name", "Brandt")):
        field = page.locator(f"input[name={name}]")
        if field.count():
            field.fill(value)
    page.locator("input[name=password1]").fill(NEW_PASSWORD)
    page.locator("form:has(input[name=password1]) button[type=submit]").first.click()
    page.wait_for_url("**/confirm-email/**")
    page.locator("input[name=code]").fill(house.code_from_mail(email))
    page.locator("form:has(input[name=code]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "confirm-email" not in url)
