"""Booking by page: three steps, each a link, and the binding button."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.civil import BERLIN, instant
from services.booking import booking
from services.models import Appointment, ServiceType
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, coming_thursday, make_car, make_workshop, plan_for
from vehicles.models import Vehicle


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def subject(workshop: Workshop, car: Vehicle) -> dict[str, Any]:
    return {"vehicle": car.pk, "service_type": workshop.service_type.pk, "centre": workshop.centre.pk}


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


def test_step_one_offers_the_cars_and_the_services(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    page = signed_in.get(reverse("services:book")).content.decode()
    assert "Räderwechsel mit Einlagerung" in page
    assert "89,00\N{NO-BREAK SPACE}€" in page
    assert car.plate in page


def test_without_a_car_step_one_says_how_to_get_one(signed_in: Client, workshop: Workshop) -> None:
    assert reverse("vehicles:vehicle-add") in signed_in.get(reverse("services:book")).content.decode()


def test_step_two_shows_days_with_counts_and_times(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    answer = signed_in.get(
        reverse("services:book-time"), {**subject(workshop, car), "day": coming_thursday().isoformat()}
    )
    page = answer.content.decode()
    assert "36 frei" in page or "36 free" in page
    assert ">07:30<" in page
    assert ">16:15<" in page


def test_step_two_without_a_subject_goes_back_to_step_one(signed_in: Client, workshop: Workshop) -> None:
    assert signed_in.get(reverse("services:book-time"))["Location"] == reverse("services:book")


@pytest.mark.parametrize("nonsense", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_nonsense_in_the_address_shows_the_first_free_week(
    signed_in: Client, workshop: Workshop, car: Vehicle, nonsense: str
) -> None:
    asked = {**subject(workshop, car), "week": nonsense, "day": nonsense, "starts_at": nonsense}
    assert signed_in.get(reverse("services:book-time"), asked).status_code == 200


def test_a_time_that_has_gone_is_said_to_be_gone(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    other = UserFactory.create()
    booking.book_appointment(
        by=other,
        vehicle=make_car(other),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("08:30"),
        now=timezone.now(),
        early_start=True,
    )
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat()}
    answer = signed_in.get(reverse("services:book-time"), asked)
    assert answer.context["week"].vanished
    assert "confirm_url" not in answer.context


def test_the_live_part_comes_alone(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    answer = signed_in.get(
        reverse("services:book-time"), subject(workshop, car), headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert page.lstrip().startswith('<div class="with-aside" id="booking"')
    assert f'data-live-topic="centre-slots:{workshop.centre.pk}"' in page
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("price", "button"),
    [(8900, "Zahlungspflichtig buchen"), (0, "Termin reservieren"), (None, "Termin reservieren")],
)
def test_the_button_says_what_it_does(
    signed_in: Client, workshop: Workshop, car: Vehicle, price: int | None, button: str
) -> None:
    ServiceType.objects.update(price_cents=price)
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat()}
    assert button in signed_in.get(reverse("services:book-confirm"), asked).content.decode()


def test_confirming_books_and_shows_the_appointment(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    typed = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "note": "Es klappert vorn."}
    answer = signed_in.post(reverse("services:book-confirm"), {**typed, "idempotency_key": "once"})
    appointment = Appointment.objects.get()
    assert answer["Location"] == reverse("services:appointment-detail", args=[appointment.pk])
    assert appointment.starts_at == at("08:30")
    assert "Es klappert vorn." in signed_in.get(answer["Location"]).content.decode()
    again = signed_in.post(reverse("services:book-confirm"), {**typed, "idempotency_key": "once"})
    assert again["Location"] == answer["Location"]
    assert Appointment.objects.count() == 1


def test_whoever_comes_too_late_keeps_the_note_and_sees_three_times(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    other = UserFactory.create()
    booking.book_appointment(
        by=other,
        vehicle=make_car(other),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("08:30"),
        now=timezone.now(),
        early_start=True,
    )
    typed = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "note": "Es klappert vorn."}
    answer = signed_in.post(reverse("services:book-confirm"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Diese Zeit wurde gerade vergeben." in page
    assert "Es klappert vorn." in page
    assert [f"{slot.starts_at.astimezone(BERLIN):%H:%M}" for slot, _url in answer.context["next_slots"]] == [
        "09:15",
        "09:30",
        "09:45",
    ]
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("nonsense", ["", "soon", "9999-12-31T23:59:00Z", "2026-11-26T08:30:00"])
def test_without_a_proper_time_the_page_asks_for_one(
    signed_in: Client, workshop: Workshop, car: Vehicle, nonsense: str
) -> None:
    answer = signed_in.post(
        reverse("services:book-confirm"), {**subject(workshop, car), "starts_at": nonsense}
    )
    assert answer.status_code == 422
    assert "Bitte wählen Sie eine Zeit." in answer.content.decode()


def test_a_time_outside_opening_hours_is_refused_with_the_reason(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    typed = {**subject(workshop, car), "starts_at": at("20:00").isoformat()}
    page = signed_in.post(reverse("services:book-confirm"), typed).content.decode()
    assert "Zu dieser Zeit ist der Servicestandort geschlossen." in page


def test_somebody_elses_car_leads_back_to_step_one(signed_in: Client, workshop: Workshop) -> None:
    foreign = make_car(UserFactory.create())
    typed = {**subject(workshop, foreign), "starts_at": at("08:30").isoformat()}
    answer = signed_in.post(reverse("services:book-confirm"), typed)
    assert answer["Location"] == reverse("services:book")
    assert not Appointment.objects.exists()


def test_choosing_a_time_takes_the_same_queries_with_many_rows(
    signed_in: Client,
    workshop: Workshop,
    car: Vehicle,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    def look() -> Any:
        return signed_in.get(reverse("services:book-time"), subject(workshop, car))

    look()
    few = count_queries(look)
    for hour in ("08:30", "10:00", "13:00"):
        person = UserFactory.create()
        booking.book_appointment(
            by=person,
            vehicle=make_car(person),
            centre=workshop.centre,
            plan=plan_for(workshop.service_type),
            starts_at=at(hour),
            now=timezone.now(),
            early_start=True,
        )
    make_workshop()
    assert count_queries(look) == few <= 10
