"""The main job from end to end: from nothing to a car, a plan, a visit and an answer."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from vehicles.demo import OPEN_CAR, OPEN_CODE

NEW_PASSWORD = "Polarnacht-77-Kranich"


def sign_up(page: Page, house: House, email: str) -> None:
    page.goto("/account/signup/")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=first_name]").fill("Jette")
    page.locator("input[name=last_name]").fill("Brandt")
    page.locator("input[name=password1]").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Konto anlegen").click()
    confirm_code(page, house, email)


def confirm_code(page: Page, house: House, email: str) -> None:
    page.locator("input[name=code]").fill(house.code_from_mail(email))
    page.locator("form.form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "confirm" not in url and "verif" not in url)


def test_an_owner_does_the_main_job_by_page(visit: Callable[..., Page], house: House) -> None:
    """On a phone: sign up, add the car, subscribe, book, ask; staff see the visit without reloading."""
    owner = visit(phone=True)
    sign_up(owner, house, "jette@example.org")

    owner.goto("/garage/add/")
    owner.locator("input[name=vin]").fill(OPEN_CAR)
    owner.locator("input[name=code]").fill(OPEN_CODE)
    owner.locator("main form button.btn-primary").click()
    owner.wait_for_url("**/edit/?new=1")
    owner.locator("input[name=plate]").fill("HH JB 77E")
    owner.locator("main form button.btn-primary").click()
    expect(owner.locator("main")).to_contain_text("HH JB 77E")

    owner.goto("/subscriptions/plans/battery-75/")
    owner.get_by_role("link", name="Beginn wählen").click()
    owner.get_by_role("button", name="Bestellung prüfen").click()
    expect(owner.locator("main")).to_contain_text("169,00")
    owner.get_by_role("button", name="Zahlungspflichtig bestellen").click()
    owner.wait_for_url("**/subscriptions/contracts/**")
    expect(owner.locator("h1")).to_have_text("Akku-Abo 75 kWh")

    owner.goto("/service/book/")
    owner.get_by_label(re.compile("Räderwechsel")).check()
    owner.get_by_role("button", name="Ort und Zeit wählen").click()
    owner.locator("main .times button").last.click()
    owner.get_by_role("link", name="Termin prüfen").first.click()
    owner.wait_for_url("**/confirm/**")
    day = re.search(r"starts_at=(\d{4}-\d{2}-\d{2})", owner.url)
    assert day, owner.url
    staff = visit("staff@demo.example")
    staff.goto(f"/staff/day/list/?day={day.group(1)}")
    expect(staff.locator("main")).not_to_contain_text("HH JB 77E")
    owner.get_by_label(re.compile("vor Ablauf der Widerrufsfrist")).check()
    owner.locator("button.btn-primary[form=booking-form]").click()
    owner.wait_for_url("**/service/appointments/**")
    expect(staff.locator("main")).to_contain_text("HH JB 77E")

    owner.goto("/community/topics/new/")
    owner.get_by_label("Kategorie").select_option(label="Räder und Reifen")
    owner.get_by_label("Titel").fill("Was gehört in den Kofferraum?")
    owner.get_by_label("Ihr Text").fill("Ich fahre zum ersten Mal weit **nach Norden**.")
    owner.get_by_role("button", name="Thema eröffnen").click()
    expect(owner.locator("h1")).to_have_text("Was gehört in den Kofferraum?")
    neighbour = visit("owner@demo.example")
    neighbour.goto(owner.url)
    neighbour.get_by_label("Ihre Antwort").fill("Eine *Decke*.")
    neighbour.get_by_role("button", name="Antworten", exact=True).click()
    expect(owner.get_by_role("link", name="1 neue Antwort")).to_be_visible()

    owner.goto("/")
    expect(owner.locator("main")).to_contain_text("Akku-Abo 75 kWh")
    expect(owner.locator("main")).to_contain_text("Räderwechsel")


@contextmanager
def api(house: House, email: str) -> Iterator[httpx.Client]:
    """An app: signs in once, then sends its session token."""
    with httpx.Client(base_url=house.url, timeout=20) as client:
        answer = client.post(
            "/_allauth/app/v1/auth/login", json={"email": email, "password": settings.DEMO_PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        client.headers["X-Session-Token"] = answer.json()["meta"]["session_token"]
        yield client


def test_an_owner_does_the_main_job_by_api(house: House) -> None:
    with api(house, "owner60@demo.example") as app:
        vehicle = app.get("/api/v1/vehicles/").json()["results"][0]["id"]
        plans = app.get("/api/v1/plans/?kind=mobility").json()["results"]
        ordered = app.post("/api/v1/subscriptions/", json={"plan": plans[0]["code"]})
        assert ordered.status_code == 201, ordered.text

        centre = app.get("/api/v1/centres/").json()["results"][0]["id"]
        service_type = app.get("/api/v1/service-types/").json()["results"][0]["id"]
        slots = app.get(
            "/api/v1/slots/",
            params={
                "centre": centre,
                "service_types": [service_type],
                "from": str(timezone.localdate() + timedelta(days=1)),
                "days": 14,
            },
        ).json()
        assert set(slots) == {"results", "next", "previous"}
        slot = slots["results"][-1]
        wish = {
            "vehicle": vehicle,
            "centre": centre,
            "service_types": [service_type],
            "starts_at": slot["starts_at"],
            "early_start": True,
        }
        booked = app.post("/api/v1/appointments/", json=wish, headers={"Idempotency-Key": "visit-1"})
        assert booked.status_code == 201, booked.text
        again = app.post("/api/v1/appointments/", json=wish, headers={"Idempotency-Key": "visit-1"})
        assert (again.status_code, again.content) == (booked.status_code, booked.content)
        other = app.post(
            "/api/v1/appointments/", json={**wish, "note": "anders"}, headers={"Idempotency-Key": "visit-1"}
        )
        assert other.status_code == 422

        category = app.get("/api/v1/categories/").json()["results"][0]["id"]
        opened = app.post(
            "/api/v1/topics/",
            json={"category": category, "title": "Frage aus der App", "text": "Geht das **auch** so?"},
        )
        assert opened.status_code == 201, opened.text
        replied = app.post("/api/v1/posts/", json={"topic": opened.json()["id"], "text": "Ja, *das* geht."})
        assert replied.status_code == 201
        assert "<em>das</em>" in replied.json()["html"]


@pytest.mark.parametrize("path", ["/api/v1/vehicles/999999/", "/api/v1/appointments/999999/"])
def test_what_is_not_mine_is_not_there(house: House, path: str) -> None:
    with api(house, "owner61@demo.example") as app:
        answer = app.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
