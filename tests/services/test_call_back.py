"""Too late to move a visit oneself: the centre calls back."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.cases import desk
from accounts.models import Case, User
from services.models import Appointment
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, CentreFactory, Workshop
from vehicles.models import Vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    """In two hours: too late to move it oneself."""
    starts_at = timezone.now() + timedelta(hours=2)
    return AppointmentFactory.create(
        centre=workshop.centre,
        service_type=workshop.service_type,
        vehicle=car,
        booked_by=owner,
        span=DateTimeTZRange(starts_at, starts_at + timedelta(hours=1), "[)"),
    )


def test_a_call_back_lands_with_the_centre_of_the_visit(client: Client, visit: Appointment) -> None:
    client.force_login(visit.booked_by)
    page = client.get(reverse("services:appointment-detail", args=[visit.pk])).text
    address = f"?topic=services.call_back&amp;about=services.appointment:{visit.pk}"
    assert address in page
    form = client.get(reverse("accounts:case-create") + address.replace("&amp;", "&")).text
    assert f'value="services.appointment:{visit.pk}" selected' in form
    client.post(
        reverse("accounts:case-create"),
        {
            "queue": "services.call_back",
            "about": f"services.appointment:{visit.pk}",
            "title": "Später kommen",
            "text": "Geht auch elf Uhr?",
            "phone": "040 1234567",
        },
    )
    case = Case.objects.get()
    assert (case.scope_kind, case.scope_id) == ("services.centre", visit.centre_id)
    assert case.call_time == Case.CallTime.SOON
    assert desk.cases_of(UserFactory.create(role="staff", scope=visit.centre)).get() == case
    assert not desk.cases_of(UserFactory.create(role="staff", scope=CentreFactory.create())).exists()
    assert timezone.now() < case.promised_by < timezone.now() + timedelta(days=6)


def test_nobody_names_another_s_visit(client: Client, visit: Appointment) -> None:
    client.force_login(UserFactory.create(phone="040 1"))
    typed = {
        "queue": "services.call_back",
        "about": f"services.appointment:{visit.pk}",
        "title": "Später",
        "text": "?",
    }
    answer = client.post(reverse("accounts:case-create"), typed)
    assert not Case.objects.filter(links__isnull=False).exists()
    assert answer.status_code in (302, 404, 422)
