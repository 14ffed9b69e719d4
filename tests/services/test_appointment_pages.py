"""One's appointments by page: coming, past, one of them, moving and cancelling it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.civil import BERLIN, instant
from services.booking import booking
from services.models import Appointment
from services.visits import appointments, messages
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, Workshop, coming_thursday, make_car, plan_for
from vehicles.models import Vehicle


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def appointment(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return booking.book_appointment(
        by=owner,
        vehicle=car,
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("08:30"),
        now=timezone.now(),
        note="Bitte leise klingeln.",
        early_start=True,
    )


def test_the_service_page_shows_what_is_coming(signed_in: Client, appointment: Appointment) -> None:
    page = signed_in.get(reverse("services:home")).content.decode()
    assert reverse("services:appointment-detail", args=[appointment.pk]) in page
    assert "08:30" in page


def test_visitors_see_services_and_centres_without_signing_in(client: Client, workshop: Workshop) -> None:
    page = client.get(reverse("services:home")).content.decode()
    assert "Räderwechsel mit Einlagerung" in page
    assert workshop.centre.street in page


@pytest.mark.parametrize("name", ["book", "book-time", "book-confirm", "appointment-list"])
def test_booking_needs_a_sign_in(client: Client, name: str, db: None) -> None:
    assert "/login/" in client.get(reverse(f"services:{name}"))["Location"]


@pytest.mark.parametrize("name", ["appointment-detail", "appointment-move"])
def test_an_appointment_needs_a_sign_in(client: Client, name: str, appointment: Appointment) -> None:
    assert "/login/" in client.get(reverse(f"services:{name}", args=[appointment.pk]))["Location"]


def test_an_appointment_shows_time_place_price_and_note(signed_in: Client, appointment: Appointment) -> None:
    page = signed_in.get(reverse("services:appointment-detail", args=[appointment.pk])).content.decode()
    for words in (appointment.code, "08:30", "89,00", appointment.centre.street, "Bitte leise klingeln."):
        assert words in page


@pytest.mark.parametrize("name", ["appointment-detail", "appointment-move"])
def test_a_foreign_appointment_is_a_404(client: Client, appointment: Appointment, name: str) -> None:
    client.force_login(UserFactory.create())
    assert client.get(reverse(f"services:{name}", args=[appointment.pk])).status_code == 404


def test_a_foreign_appointment_cannot_be_cancelled(client: Client, appointment: Appointment) -> None:
    client.force_login(UserFactory.create())
    assert client.post(reverse("services:appointment-cancel", args=[appointment.pk])).status_code == 404
    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_cancelling_says_so_and_frees_the_list(signed_in: Client, appointment: Appointment) -> None:
    answer = signed_in.post(reverse("services:appointment-cancel", args=[appointment.pk]), follow=True)
    assert "Ihr Termin wurde abgesagt." in answer.content.decode()
    assert list(answer.context["appointments"]) == []
    past = signed_in.get(reverse("services:appointment-list"))
    assert list(past.context["appointments"]) == [appointment]


def test_moving_takes_two_clicks(signed_in: Client, appointment: Appointment) -> None:
    url = reverse("services:appointment-move", args=[appointment.pk])
    chosen = signed_in.get(url, {"starts_at": at("10:00").isoformat()})
    assert chosen.context["chosen_text"]
    answer = signed_in.post(url, {"starts_at": chosen.context["chosen_text"], "idempotency_key": "once"})
    assert answer["Location"] == reverse("services:appointment-detail", args=[appointment.pk])
    appointment.refresh_from_db()
    assert appointment.starts_at == at("10:00")


def test_a_move_by_half_an_hour_is_offered(signed_in: Client, appointment: Appointment) -> None:
    """The visit's own time is no obstacle to it."""
    url = reverse("services:appointment-move", args=[appointment.pk])
    later = appointment.starts_at + timedelta(minutes=30)
    chosen = signed_in.get(url, {"starts_at": later.isoformat()})
    assert chosen.context["week"].chosen.starts_at == later
    signed_in.post(url, {"starts_at": chosen.context["chosen_text"], "idempotency_key": "half"})
    appointment.refresh_from_db()
    assert appointment.starts_at == later


def test_a_move_that_fails_says_why(signed_in: Client, appointment: Appointment) -> None:
    url = reverse("services:appointment-move", args=[appointment.pk])
    answer = signed_in.post(url, {"starts_at": at("18:30").isoformat()})
    assert answer.status_code == 422
    assert "geschlossen" in answer.content.decode()


def test_a_later_owner_sees_what_comes_but_neither_the_past_nor_the_note(
    owner: User, car: Vehicle, workshop: Workshop, appointment: Appointment, client: Client
) -> None:
    now = timezone.now()
    AppointmentFactory.create(
        vehicle=car,
        centre=workshop.centre,
        service_type=workshop.service_type,
        booked_by=owner,
        starts_at=now - timedelta(days=30),
    )
    ownership = car.ownerships.get()
    ownership.period = (ownership.period.lower, now - timedelta(minutes=1))
    ownership.save()
    later = UserFactory.create()
    car.ownerships.create(user=later, period=(now - timedelta(minutes=1), None))
    assert not Appointment.objects.visible_to(owner, now).exists()
    assert list(Appointment.objects.visible_to(later, now)) == [appointment]
    client.force_login(later)
    page = client.get(reverse("services:appointment-detail", args=[appointment.pk])).content.decode()
    assert "Bitte leise klingeln." not in page


def test_the_next_appointment_is_one_query(
    owner: User, appointment: Appointment, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        found = appointments.upcoming(owner, timezone.now()).first()
        assert found is not None
        assert found.vehicle is not None
        assert (found.centre.name, found.service_type.name, str(found.vehicle.model)) != ("", "", "")


@pytest.mark.parametrize("name", ["home", "appointment-list"])
def test_lists_take_the_same_queries_with_many_rows(
    signed_in: Client,
    workshop: Workshop,
    owner: User,
    car: Vehicle,
    name: str,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    def fill(first: int, last: int) -> None:
        for day in range(first, last):
            for sign in (1, -1):
                AppointmentFactory.create(
                    vehicle=car,
                    centre=workshop.centre,
                    service_type=workshop.service_type,
                    booked_by=owner,
                    starts_at=timezone.now() + timedelta(days=day * sign),
                )

    def look() -> Any:
        return signed_in.get(reverse(f"services:{name}"))

    fill(1, 2)
    look()
    few = count_queries(look)
    fill(2, 7)
    assert count_queries(look) == few <= 12


def test_the_list_is_paged(signed_in: Client, workshop: Workshop, owner: User, car: Vehicle) -> None:
    for day in range(1, 30):
        AppointmentFactory.create(
            vehicle=car,
            centre=workshop.centre,
            service_type=workshop.service_type,
            booked_by=owner,
            starts_at=timezone.now() - timedelta(days=day),
        )
    answer = signed_in.get(reverse("services:appointment-list"))
    assert len(answer.context["appointments"]) == 25
    assert make_car(owner).pk  # another car changes nothing
    assert len(signed_in.get(reverse("services:appointment-list"), {"page": 2}).context["appointments"]) == 4


def test_lists_count_what_the_workshop_wrote_and_nobody_read(
    signed_in: Client, owner: User, appointment: Appointment, staff: User
) -> None:
    home = reverse("services:home")
    assert "neue Nachricht" not in signed_in.get(home).content.decode()
    messages.write_as_staff(by=staff, appointment=appointment, text="Bitte rufen Sie an.", now=timezone.now())
    assert "1 neue Nachricht" in signed_in.get(home).content.decode()


def test_a_car_that_is_still_here_stays_with_what_is_coming(
    owner: User, appointment: Appointment, staff: User
) -> None:
    late = appointment.ends_at + timedelta(hours=1)
    assert not appointments.upcoming(owner, late).exists()
    Appointment.objects.filter(pk=appointment.pk).update(status=Appointment.Status.IN_WORK)
    assert appointments.upcoming(owner, late).exists()
    assert not appointments.past(owner, late).exists()
