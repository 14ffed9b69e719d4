"""The workshop finds something and sends an estimate; its owner decides on a phone, live on both sides."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from services.models import Appointment, Job
from tests.journeys.house import House

OWNER = "owner62@demo.example"


def bring_car_in() -> int:
    """The owner's car is in work at staff's own centre; the visit's number."""
    from accounts.models import RoleGrant, User
    from services.models import Centre
    from vehicles.models import Ownership

    owner = User.objects.get(email=OWNER)
    grant = RoleGrant.objects.get(user__email="staff@demo.example", role="staff", ended_at__isnull=True)
    centre = Centre.objects.get(pk=grant.scope_id or 0)
    like = Job.objects.filter(appointment__centre=centre).select_related("appointment")[0].appointment
    owned = Ownership.objects.filter(user=owner, period__contains=timezone.now()).first()
    assert owned is not None
    start = timezone.now() - timedelta(minutes=30)
    end = start + timedelta(hours=2)
    visit = Appointment.objects.create(
        code="NL-J0UR-NY",
        centre=centre,
        vehicle_id=owned.vehicle_id,
        booked_by=owner,
        service_type=like.service_type,
        span=(start, end),
        status="in_work",
        promised_at=end,
        created_at=start - timedelta(days=2),
    )
    Job.objects.create(
        appointment=visit, position=1, service_type=like.service_type, span=(start, end), state="started"
    )
    return int(visit.pk)


def fill_line(page: Page, title: str, price: str) -> None:
    page.get_by_role("link", name="Position hinzufügen").click()
    page.locator("input[name=title]").fill(title)
    page.locator("input[name=entry-0-text]").fill(title)
    page.locator("input[name=entry-0-quantity]").fill("1")
    page.locator("input[name=entry-0-price]").fill(price)
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_an_owner_decides_about_an_estimate_live_on_a_phone(
    house: House, visit: Callable[..., Page], journey_db: None
) -> None:
    number = bring_car_in()
    phone = visit(OWNER, phone=True)
    with phone.expect_event("websocket"):
        phone.goto(f"/service/appointments/{number}/")
    expect(phone.locator("#progress")).to_contain_text("In Arbeit")

    desk = visit("staff@demo.example")
    desk.goto(f"/staff/visits/{number}/")
    desk.get_by_role("button", name="Neuer Kostenvoranschlag").click()
    fill_line(desk, "Bremsbeläge vorn", "291,80")
    fill_line(desk, "Wischerblätter", "49,80")
    with desk.expect_event("websocket"):
        desk.get_by_role("button", name="Kostenvoranschlag senden").click()
    expect(desk.locator("#visit-status")).to_contain_text("wartet auf Freigabe")

    # It appears on the phone by itself.
    expect(phone.locator("#progress")).to_contain_text("406,50")
    phone.get_by_role("link", name="Kostenvoranschlag ansehen").click()
    expect(phone.get_by_role("button", name="Zahlungspflichtig beauftragen")).to_have_count(0)
    choose(phone, 0, "Beauftragen")
    choose(phone, 1, "Ablehnen")
    total = phone.locator("#estimate-sum")
    expect(total).to_contain_text("347,24")
    expect(total).not_to_contain_text("Wischerblätter")
    phone.get_by_label(re.compile("Ich verlange ausdrücklich")).check()
    phone.get_by_role("button", name="Zahlungspflichtig beauftragen").click()
    expect(phone.get_by_text("Die Werkstatt kennt Ihre Entscheidung.")).to_be_visible()

    # The desk sees it without reloading, and the car goes on.
    expect(desk.locator("#visit-estimates")).to_contain_text(
        "347,24\N{NO-BREAK SPACE}€ von 406,50\N{NO-BREAK SPACE}€"
    )
    expect(desk.locator("#visit-status .tag").first).not_to_contain_text("Freigabe")
    letter = house.newest_mail(OWNER, "347,24")
    assert "347,24" in letter


def choose(page: Page, place: int, word: str) -> None:
    page.locator("form section.card").nth(place).locator("label.choice", has_text=word).click()


def test_both_sides_talk_about_a_visit_live(visit: Callable[..., Page], journey_db: None) -> None:
    found: Any = Appointment.objects.filter(booked_by__email=OWNER).order_by("-pk").first()
    number = found.pk if found else bring_car_in()
    desk = visit("staff@demo.example")
    with desk.expect_event("websocket"):
        desk.goto(f"/staff/visits/{number}/")
    phone = visit(OWNER, phone=True)
    with phone.expect_event("websocket"):
        phone.goto(f"/service/appointments/{number}/")
    phone.locator("textarea[name=text]").fill("Kann ich schon um vier kommen?")
    phone.get_by_role("button", name="Nachricht senden").click()
    expect(desk.locator("#messages")).to_contain_text("Kann ich schon um vier kommen?")
    desk.locator("textarea[name=text]").fill("Ja, gern.")
    desk.get_by_role("button", name="Nachricht senden").click()
    expect(phone.locator("#messages")).to_contain_text("Ja, gern.")
