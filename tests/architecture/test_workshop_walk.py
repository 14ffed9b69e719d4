"""A visit with all that can belong to it: each page and call exists for those it concerns.

Everybody else gets a 404, also colleagues of another centre; who lacks the right for a kind of
page altogether gets a 403.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from services.models import (
    Absence,
    Allocation,
    Appointment,
    Estimate,
    EstimateLine,
    Finding,
    Job,
    LoanHandover,
    RepairOrder,
    TyreSet,
    VisitMessage,
)
from tests.factories.accounts import UserFactory
from tests.factories.services import CentreFactory, make_car
from tests.factories.visits_of_people import fill_workshop

pytestmark = pytest.mark.django_db
PEOPLE = ("owner", "stranger", "staff", "technician", "elsewhere")
OWNER, DESK, HOUSE = {"owner"}, {"staff"}, {"staff", "technician"}
OPEN = {200, 302, 400, 409}
CLOSED = {403, 404}
# Page, what it is of, and for whom it exists.
PAGES: dict[str, tuple[str, set[str]]] = {
    "services:appointment-detail": ("visit", OWNER),
    "services:appointment-move": ("visit", OWNER),
    "services:appointment-thanks": ("visit", OWNER),
    "services:appointment-calendar": ("visit", OWNER),
    "services:estimate-detail": ("estimate", OWNER),
    "services:car-upkeep": ("car", OWNER),
    "services:car-dates": ("car", OWNER),
    "services:service-record": ("car", OWNER),
    "services:staff-visit": ("visit", HOUSE),
    "services:staff-visit-step": ("visit", DESK),
    "services:staff-visit-promise": ("visit", DESK),
    "services:staff-visit-plan": ("visit", DESK),
    "services:check-in": ("visit", DESK),
    "services:order-change": ("visit", DESK),
    "services:hand-back": ("visit", DESK),
    "services:loan-hand-out": ("visit", DESK),
    "services:loan-return": ("loan", DESK),
    "services:staff-estimate": ("estimate", DESK),
    "services:staff-estimate-phone": ("estimate", DESK),
    "services:replan-visit": ("visit", DESK),
    "services:job-detail": ("job", HOUSE),
    "services:finding-change": ("finding", HOUSE),
}
CALLS: dict[str, tuple[str, set[str]]] = {
    "appointments": ("visit", OWNER),
    "estimates": ("estimate", OWNER),
    "messages": ("message", OWNER | HOUSE),
    "repair-orders": ("order", OWNER | HOUSE),
    "loans": ("loan", OWNER | HOUSE),
    "tyre-sets": ("wheels", OWNER | HOUSE),
    "jobs": ("job", HOUSE),
    "absences": ("absence", DESK),
}


@pytest.fixture
def world() -> dict[str, Any]:
    """A visit of today that is with us, done by a technician of the house."""
    now = timezone.now()
    owner, desk = UserFactory.create(), UserFactory.create(role="administrator")
    visit = fill_workshop(owner, "alpha", car=make_car(owner), colleague=desk, now=now)
    Appointment.objects.filter(pk=visit.pk).update(status=Appointment.Status.ARRIVED)
    LoanHandover.objects.update(returned_at=None, mileage_in_km=None)
    technician = UserFactory.create(role="technician", scope=visit.centre)
    lost = Allocation.objects.get(appointment=visit, part="technician")
    lost.resource.user = technician
    lost.resource.save()
    Allocation.objects.filter(pk=lost.pk).update(active=True)
    Absence.objects.update(span=_ahead(now))
    return {
        "owner": owner,
        "stranger": UserFactory.create(),
        "staff": UserFactory.create(role="staff", scope=visit.centre),
        "technician": technician,
        "elsewhere": UserFactory.create(role="staff", scope=CentreFactory.create()),
        "visit": visit,
        "car": visit.vehicle,
        "estimate": Estimate.objects.get(),
        "line": EstimateLine.objects.get(),
        "order": RepairOrder.objects.get(),
        "loan": LoanHandover.objects.get(),
        "wheels": TyreSet.objects.get(),
        "message": VisitMessage.objects.filter(from_customer=True)[0],
        "job": Job.objects.get(appointment=visit),
        "absence": Absence.objects.get(),
        "finding": Finding.objects.get(),
    }


def _ahead(now: datetime) -> DateTimeTZRange:
    return DateTimeTZRange(now + timedelta(days=1), now + timedelta(days=2), "[)")


def as_expected(status: int, is_theirs: bool) -> bool:
    return status in (OPEN if is_theirs else CLOSED)


@pytest.mark.parametrize("name", PEOPLE)
def test_each_page_of_a_visit_exists_for_those_it_concerns(name: str, world: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world[name])
    wrong = []
    for page, (thing, people) in PAGES.items():
        status = client.get(reverse(page, args=[world[thing].pk])).status_code
        if not as_expected(status, name in people):
            wrong.append((page, status))
    assert not wrong


@pytest.mark.parametrize("name", PEOPLE)
def test_each_call_about_a_visit_answers_those_it_concerns(name: str, world: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world[name])
    wrong = []
    for route, (thing, people) in CALLS.items():
        status = client.get(f"/api/v1/{route}/{world[thing].pk}/").status_code
        if not as_expected(status, name in people):
            wrong.append((route, status))
    timeline = client.get(f"/api/v1/appointments/{world['visit'].pk}/timeline/").status_code
    if not as_expected(timeline, name in OWNER):
        wrong.append(("timeline", timeline))
    assert not wrong
