"""The workshop in the back office: set-up is edited, visits are only looked at."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from services.models import Shift
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop


@pytest.fixture
def office(client: Client, db: None) -> Client:
    client.force_login(UserFactory.create(role="administrator", is_staff=True, is_superuser=True))
    return client


def test_a_technicians_week_is_edited(office: Client, workshop: Workshop) -> None:
    technician = workshop.technicians[0]
    Shift.objects.update(valid=DateRange(date(2026, 1, 1), None))
    url = reverse("admin:services_resource_change", args=[technician.pk])
    shifts = list(Shift.objects.filter(resource=technician))
    typed = {
        "centre": workshop.centre.pk,
        "kind": "technician",
        "name": "T. Olsen",
        "area": "",
        "travel_minutes": "0",
        "qualifications-TOTAL_FORMS": 0,
        "qualifications-INITIAL_FORMS": 0,
        "bay_type": "",
        "is_active": "on",
        "shifts-TOTAL_FORMS": len(shifts),
        "shifts-INITIAL_FORMS": len(shifts),
    }
    for place, shift in enumerate(shifts):
        typed |= {
            f"shifts-{place}-id": shift.pk,
            f"shifts-{place}-resource": technician.pk,
            f"shifts-{place}-weekday": shift.weekday,
            f"shifts-{place}-starts": "08:00",
            f"shifts-{place}-ends": "16:00",
            f"shifts-{place}-valid_0": "01.01.2026",
            f"shifts-{place}-valid_1": "",
        }
    assert office.post(url, typed).status_code == 302
    assert set(Shift.objects.values_list("starts", flat=True)) == {shifts[0].starts.replace(8, 0)}


def test_appointments_are_only_looked_at(office: Client, workshop: Workshop) -> None:
    assert office.get(reverse("admin:services_appointment_changelist")).status_code == 200
    assert office.get(reverse("admin:services_appointment_add")).status_code == 403
