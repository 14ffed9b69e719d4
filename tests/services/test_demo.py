"""The demo's workshops: as many of each as promised, and never an overlap."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts import demo as people
from common import civil
from services import demo
from services.booking import availability
from services.booking.plans import demands_of, make_plan, plan_of
from services.models import (
    Allocation,
    Appointment,
    CampaignCar,
    Centre,
    CheckResult,
    Displacement,
    Estimate,
    Finding,
    JobTime,
    LoanHandover,
    RepairOrder,
    Resource,
    ServiceType,
    TyreSet,
    Upkeep,
    VisitMessage,
)
from services.visits import appointments
from tests.factories.services import make_car

Status = Appointment.Status
DOUBLE_BOOKED = """
SELECT count(*) FROM services_allocation a JOIN services_allocation b
  ON a.resource_id = b.resource_id AND a.id < b.id AND a.span && b.span AND a.active AND b.active
WHERE a.kind = 'visit' AND b.kind = 'visit'
"""


def seeded(scale: int) -> dict[str, Any]:
    context: dict[str, Any] = {"hints": []}
    people.seed(rng=random.Random("people"), scale=1, say=lambda _text: None, context=context)
    for owner in context["owners"][:60]:
        make_car(owner)
    demo.seed(rng=random.Random("workshops"), scale=scale, say=lambda _text: None, context=context)
    return context


@pytest.fixture(scope="module")
def demo_of_today(shared_rows: None) -> dict[str, Any]:
    return seeded(1)


@pytest.fixture
def context(demo_of_today: dict[str, Any], db: None) -> dict[str, Any]:
    return demo_of_today


def test_the_demo_is_as_large_as_promised_and_works(context: dict[str, Any]) -> None:
    now = timezone.now()
    assert Centre.objects.values("land").distinct().count() == 6
    kinds = {kind: Resource.objects.filter(kind=kind).count() for kind in Resource.Kind.values}
    assert kinds == {
        "technician": 30,
        "mobile": 4,
        "driver": 4,
        "bay": 40,
        "lane": 4,
        "loan_car": 12,
        "test_car": 6,
    }
    assert Appointment.objects.count() > 300
    assert {kind.code for kind in ServiceType.objects.all()} >= {"battery-swap", "test-drive", "recall-work"}

    owner = context["demo"]["owner"]
    coming = appointments.upcoming(owner, now).filter(status=Status.BOOKED).first()
    assert coming is not None
    assert coming.centre.code == "hamburg-altona"

    staff = context["demo"]["staff"]
    assert [centre.code for centre in Centre.objects.staffed_by(staff, "services.view_day")] == [
        "hamburg-altona"
    ]


def test_each_visit_has_what_its_plan_demands_and_nothing_is_booked_twice(context: dict[str, Any]) -> None:
    lacking = set(Displacement.objects.filter(state="open").values_list("appointment", flat=True))
    standing = Appointment.objects.standing().exclude(pk__in=lacking).select_related("centre")
    for visit in standing.order_by("?")[:60]:
        demanded = sorted(demand.part for demand in demands_of(plan_of(visit), visit.centre))
        held = visit.allocations.filter(active=True)
        assert sorted(held.values_list("part", flat=True)) == demanded, visit
    assert not Allocation.objects.filter(active=True, appointment__status__in=Status.gone()).exists()
    with connection.cursor() as cursor:
        cursor.execute(DOUBLE_BOOKED)
        assert cursor.fetchone() == (0,)


def test_there_is_free_time_for_every_service_that_a_centre_can_do(context: dict[str, Any]) -> None:
    now = timezone.now()
    for centre in Centre.objects.all():
        there = set(centre.resources.values_list("kind", flat=True))
        for kind in ServiceType.objects.all():
            if kind.place not in there:
                continue
            slots = availability.free_slots(
                centre=centre,
                plan=make_plan(service_types=[kind]),
                first_day=civil.local_date(now, centre.zone) + timedelta(days=1),
                days=10,
                now=now,
            )
            assert len(slots) > 20, (centre, kind)


def test_the_day_shows_every_step_that_a_visit_can_be_at(context: dict[str, Any]) -> None:
    here = Appointment.objects.filter(centre__code="hamburg-altona")
    at = set(here.values_list("status", flat=True))
    assert {Status.READY, Status.WAITING_PARTS, Status.WAITING_APPROVAL, Status.DONE, Status.BOOKED} <= at
    for visit in here.filter(status__in=Status.in_house()):
        steps = list(visit.status_changes.values_list("status", flat=True))
        assert steps[-1] == visit.status, visit
        promises = list(visit.promise_changes.values_list("promised_at", flat=True))
        assert promises[-1] == visit.promised_at, visit
    waits = Estimate.objects.filter(state="sent")
    owner = context["demo"]["owner"]
    mine = waits.get(appointment__booked_by=owner)
    assert mine.appointment.status == Status.WAITING_APPROVAL
    assert mine.lines.count() == 3
    assert not waits.filter(expires_at__lte=timezone.now()).exists()


def test_what_happened_lies_in_the_past_and_in_order(context: dict[str, Any]) -> None:
    now = timezone.now()
    assert not JobTime.objects.filter(started_at__gt=now).exists()
    assert JobTime.objects.count() > 200
    assert CheckResult.objects.filter(value__isnull=False).count() > 100
    assert Finding.objects.exists()
    for visit in Appointment.objects.filter(status=Status.DONE)[:40]:
        steps = list(visit.status_changes.values_list("at", "status"))
        assert [status for _at, status in steps][-1] == Status.DONE
        assert steps == sorted(steps, key=lambda step: step[0])
        assert steps[-1][0] < now


def test_somebody_is_ill_and_a_visit_needs_another_time(context: dict[str, Any]) -> None:
    lost = Displacement.objects.filter(state="open")
    assert lost.exists()
    assert all(row.absence is not None and row.absence.reason == "sick" for row in lost)


def test_the_counter_has_orders_a_loan_car_out_and_wheels_in_store(context: dict[str, Any]) -> None:
    here = Centre.objects.get(code="hamburg-altona")
    assert RepairOrder.objects.filter(appointment__centre=here, signed_at__isnull=False).exists()
    assert LoanHandover.objects.filter(car__centre=here, returned_at__isnull=True).count() >= 1
    assert TyreSet.objects.filter(centre=here, taken_out_at__isnull=True).count() > 3
    assert VisitMessage.objects.filter(appointment__centre=here).exists()
    assert Upkeep.objects.count() == 60
    owners = CampaignCar.objects.filter(vin__in=context["demo"]["owner"].ownerships.values("vehicle__vin"))
    assert [car.state for car in owners] == ["open"]
