"""The front desk on a busy morning: a technician rings up ill, and somebody walks in unannounced."""

import re
from collections.abc import Callable, Iterator
from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Notice, User
from common import civil
from services.booking import booking
from services.booking.plans import make_plan
from services.centres import absences
from services.models import Absence, Allocation, Appointment, Centre, RepairOrder, Resource, ServiceType
from tests.journeys.house import House
from tests.journeys.test_documents import draw
from vehicles.models import Ownership

STAFF, OWNER = "staff@demo.example", "owner71@demo.example"


@pytest.fixture
def only_one_can(journey_db: None) -> Iterator[tuple[Appointment, Resource]]:
    """A visit of a quiet day, and the one technician of the house who can do its work."""
    centre, now = Centre.objects.order_by("pk")[0], timezone.now()
    desk, kind = User.objects.get(email=STAFF), ServiceType.objects.filter(skill__code="body")[0]
    day = civil.local_date(now, centre.zone) + timedelta(days=38)
    closed = {civil.local_date(each.span.lower, centre.zone) for each in centre.closures.all()}
    while day.isoweekday() > 4 or day in closed or day + timedelta(days=1) in closed:
        day += timedelta(days=1)
    owned = Ownership.objects.get(user__email=OWNER, period__contains=now)
    planned = booking.book_appointment(
        by=desk,
        customer=User.objects.get(email=OWNER),
        vehicle=owned.vehicle,
        centre=centre,
        plan=make_plan(service_types=[kind]),
        starts_at=civil.instant(day, time(9), centre.zone),
        now=now,
    )
    taken = Allocation.objects.select_related("resource").get(appointment=planned, part="technician")
    yield planned, taken.resource
    now = timezone.now()
    planned.refresh_from_db()
    if planned.status == Appointment.Status.BOOKED:
        booking.cancel_appointment(by=desk, appointment=planned, now=now)
    for away in Absence.objects.standing().filter(
        resource=taken.resource, span__endswith__gt=planned.starts_at
    ):
        absences.cancel_absence(by=desk, absence=away, now=now)


def test_a_technician_falls_ill_and_the_owner_hears_once(
    house: House, visit: Callable[..., Page], only_one_can: tuple[Appointment, Resource]
) -> None:
    planned, technician = only_one_can
    day = civil.local_date(planned.starts_at, planned.centre.zone).isoformat()
    desk = visit(STAFF)
    desk.goto(f"/staff/absences/new/?centre={planned.centre_id}&resource={technician.pk}")
    desk.locator("input[name=first_day]").fill(day)
    desk.locator("input[name=last_day]").fill(day)
    desk.get_by_role("button", name="Abwesenheit eintragen").click()

    # Nobody else can do it: the list proposes times, and one click takes the best.
    row = desk.locator(f"#visit-{planned.pk}")
    expect(row).to_contain_text(technician.name)
    row.locator("button[name=slot]").first.click()
    expect(desk.get_by_text("Die neue Zeit steht")).to_be_visible()
    expect(row).to_have_count(0)
    moved = Appointment.objects.get(pk=planned.pk)
    assert (moved.starts_at, moved.version) != (planned.starts_at, 0)

    letter = house.newest_mail(OWNER, "konnten wir leider nicht halten")
    assert planned.code in letter
    told = Notice.objects.filter(user__email=OWNER, kind__startswith="services.appointment_moved")
    assert told.count() == 1


def test_an_unknown_caller_comes_in_and_signs_the_order(visit: Callable[..., Page], journey_db: None) -> None:
    desk = visit(STAFF)
    desk.goto("/staff/visits/new/")
    desk.locator("input[name=last_name]").fill("Brodersen")
    desk.locator("input[name=phone]").fill("040 5550139")
    desk.get_by_role("button", name="Weiter zum Termin").click()
    desk.locator("input[name=car_words]").fill("blauer N5, HH BR 71")
    desk.locator("input[name=service_types]").first.check()
    desk.get_by_role("button", name="Freie Zeiten zeigen").click()
    desk.locator("label.choice:has(input[name=starts_at])").first.click()
    desk.get_by_role("button", name="Termin buchen").click()

    expect(desk.get_by_text("blauer N5, HH BR 71").first).to_be_visible()
    desk.get_by_role("link", name="Annehmen", exact=True).click()
    desk.locator("input[name=mileage_km]").fill("18240")
    desk.get_by_role("button", name="Annehmen und Auftrag erstellen").click()
    expect(desk).to_have_url(re.compile(r"/order/sign/"))
    desk.locator("input[name=signer_name]").fill("Karin Brodersen")
    draw(desk, desk.locator("[data-signature] canvas"))
    desk.get_by_role("button", name="Unterschreiben").click()
    expect(desk.get_by_text("Unterschrieben. Vielen Dank.")).to_be_visible()

    order = RepairOrder.objects.select_related("appointment__booked_by").latest("pk")
    assert (order.mileage_km, order.appointment.status) == (18_240, "arrived")
    assert order.appointment.booked_by.last_name == "Brodersen"
    assert order.paper is not None
    assert order.paper.signatures.count() == 1
