"""The demo's workshops: as many of each as promised, and never an overlap."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import demo as people
from common import civil
from services import demo
from services.booking import availability
from services.models import Allocation, Appointment, Centre, Resource, ServiceType
from services.visits import appointments
from tests.factories.services import make_car, plan_for


@pytest.fixture
def context(db: None) -> dict[str, Any]:
    context: dict[str, Any] = {"hints": []}
    people.seed(rng=random.Random("people"), scale=1, say=lambda _text: None, context=context)
    for owner in context["owners"][:60]:
        make_car(owner)
    demo.seed(rng=random.Random("workshops"), scale=1, say=lambda _text: None, context=context)
    return context


def test_the_demo_is_as_large_as_promised_and_works(context: dict[str, Any]) -> None:
    now = timezone.now()
    assert Centre.objects.values("land").distinct().count() == 6
    kinds = [Resource.objects.filter(kind=kind).count() for kind in ("technician", "bay", "loan_car")]
    assert kinds == [30, 40, 12]
    assert Appointment.objects.count() > 300

    coming = appointments.upcoming(context["demo"]["owner"], now).first()
    assert coming is not None
    assert coming.centre.code == "hamburg-altona"

    booked = Appointment.objects.standing().exclude(pk=coming.pk)
    held = Allocation.objects.filter(active=True, appointment__in=booked)
    assert held.count() == 2 * booked.count()

    staff = context["demo"]["staff"]
    assert [centre.code for centre in Centre.objects.staffed_by(staff, "services.view_day")] == [
        "hamburg-altona"
    ]


def test_there_is_free_time_at_every_centre_for_every_service(context: dict[str, Any]) -> None:
    now = timezone.now()
    for centre in Centre.objects.all():
        for kind in ServiceType.objects.all():
            slots = availability.free_slots(
                centre=centre,
                plan=plan_for(kind),
                first_day=civil.local_date(now, centre.zone) + timedelta(days=1),
                days=10,
                now=now,
            )
            assert len(slots) > 20, (centre, kind)
