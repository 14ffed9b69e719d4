"""A copy of one's data is fetched and opened; then somebody leaves, changes their mind, and leaves."""

import json
from collections.abc import Callable
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Erasure, KeptRecord, User
from services.models import Appointment
from subscriptions.models import Contract, OpenItem
from tests.journeys.house import House


def leave(page: Page) -> None:
    page.goto("/account/privacy/delete/")
    page.locator("input[name=sure]").check()
    page.locator("main form button.btn-error").click()
    page.wait_for_url("**/account/privacy/")


@pytest.mark.parametrize("phone", [False, True])
def test_a_copy_is_asked_for_watched_fetched_and_opened(visit: Callable[..., Page], phone: bool) -> None:
    email = f"owner{52 if phone else 51}@demo.example"
    page = visit(email, phone=phone)
    page.goto("/account/")
    page.locator("main a.cover[href='/account/privacy/']").click()
    page.locator("form[action='/account/privacy/export/'] button").click()
    # It becomes ready by itself: the worker builds, the socket tells.
    fetch = page.locator("#export a[href$='/download/']")
    expect(fetch).to_be_visible(timeout=30_000)
    with page.expect_download() as waiting:
        fetch.click()
    with ZipFile(waiting.value.path()) as archive:
        assert archive.testzip() is None
        assert "Eine Kopie Ihrer Daten" in archive.read("index.html").decode()
        (profile,) = json.loads(archive.read("accounts-person/profile.json"))
        cars = json.loads(archive.read("vehicles/cars.json"))
    assert profile["email"] == email
    assert cars[0]["vin"]
    assert waiting.value.suggested_filename.endswith(".zip")


@pytest.mark.usefixtures("journey_db")
def test_somebody_leaves_changes_their_mind_and_leaves_for_good(
    visit: Callable[..., Page], house: House
) -> None:
    page = visit("owner153@demo.example")
    person = User.objects.get(email="owner153@demo.example")

    # A car and its contracts are in the way, each with the way out.
    page.goto("/account/privacy/delete/")
    expect(page.locator("input[name=sure]")).to_have_count(0)
    page.locator("main .list a[href^='/garage/']").first.click()
    page.wait_for_url("**/garage/*/")
    page.goto(page.url + "release/")
    page.locator("input[name=sure]").check()
    page.locator("main form button.btn-error").click()
    page.wait_for_url("**/garage/")
    ended = timezone.localdate()
    Contract.objects.filter(holder=person).update(
        ends_on=ended, cancelled_at=timezone.now(), next_bill_on=None
    )
    # Whatever hour it is: no car of theirs is in the workshop.
    Appointment.objects.filter(booked_by=person).update(status=Appointment.Status.DONE)
    # What the nightly run has billed meanwhile is paid.
    items = OpenItem.objects.filter(account__holder=person, settled_at=None)
    items.update(open_cents=0, settled_at=timezone.now())

    leave(page)
    page.get_by_role("button", name="Konto behalten").click()
    expect(page.locator(".messages")).to_contain_text("Ihr Konto bleibt")
    leave(page)
    expect(page.locator("main")).to_contain_text("Ihr Konto wird gelöscht")

    # Whoever signs in meanwhile is reminded.
    again = visit("owner153@demo.example", phone=True)
    expect(again.locator(".messages")).to_contain_text("Ihr Konto soll am")

    # Fourteen days later.
    Erasure.objects.filter(user=person, done_at=None, cancelled_at=None).update(
        due_at=timezone.now() - timedelta(minutes=1)
    )
    house.manage("shell", "-c", "from accounts.tasks import carry_out_erasures; carry_out_erasures()")
    person.refresh_from_db()
    assert (person.standing, person.email) == ("erased", None)
    page.goto("/account/privacy/")
    page.wait_for_url("**/account/login/**")
    if Contract.objects.filter(holder=person).exists():
        assert KeptRecord.objects.get(user=person, part="subscriptions").content["email"] == (
            "owner153@demo.example"
        )
        staff = visit("admin@demo.example")
        staff.goto("/staff/locked/")
        expect(staff.locator("main")).to_contain_text(f"Nr.\xa0{person.pk}")
        expect(staff.locator("main")).not_to_contain_text("owner53")
