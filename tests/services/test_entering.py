"""Booking at the counter and on the phone: known customers, unknown callers, cars in words."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.civil import BERLIN, instant
from common.errors import Conflict, Invalid, NotFound
from journal.models import Event
from services.desk import entering
from services.errors import VehicleBusy
from services.models import Appointment, Resource
from tests.factories.accounts import UserFactory
from tests.factories.services import (
    AppointmentFactory,
    Workshop,
    add_technician,
    coming_thursday,
    make_car,
    make_workshop,
    plan_for,
)
from vehicles.models import Vehicle


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


def entry(workshop: Workshop, by: User, customer: User, **more: Any) -> dict[str, Any]:
    return {
        "by": by,
        "customer": customer,
        "centre": workshop.centre,
        "plan": plan_for(workshop.service_type),
        "starts_at": at("08:30"),
        "now": timezone.now(),
        **more,
    }


def test_a_colleague_books_for_a_customer(workshop: Workshop, staff: User, owner: User, car: Vehicle) -> None:
    visit = entering.book_at_counter(**entry(workshop, staff, owner, vehicle=car))
    assert (visit.booked_by, visit.entered_by, visit.vehicle) == (owner, staff, car)


@pytest.mark.parametrize("said", ["{plate}", "{vin}"])
def test_a_plate_or_vin_that_we_know_becomes_the_car(
    workshop: Workshop, staff: User, owner: User, car: Vehicle, said: str
) -> None:
    words = said.format(plate=car.plate.replace(" ", "-").lower(), vin=car.vin)
    visit = entering.book_at_counter(**entry(workshop, staff, owner, car_words=words))
    assert (visit.vehicle, visit.car_words) == (car, "")


def test_an_unknown_car_is_kept_in_words_and_recognised_when_it_comes(
    workshop: Workshop, staff: User, owner: User
) -> None:
    visit = entering.book_at_counter(**entry(workshop, staff, owner, car_words="blauer N5, neu"))
    assert (visit.vehicle, visit.car_words) == (None, "blauer N5, neu")
    with pytest.raises(Invalid):
        entering.recognise_car(by=staff, appointment=visit, typed="HH XX 1", now=timezone.now())
    car = make_car(owner)
    known = entering.recognise_car(by=staff, appointment=visit, typed=car.vin, now=timezone.now())
    assert (known.vehicle, known.car_words) == (car, "")
    assert Event.objects.filter(kind="services.car_recognised", data__vehicle=car.pk).exists()
    with pytest.raises(Conflict):
        entering.recognise_car(by=staff, appointment=visit, typed=car.vin, now=timezone.now())


def test_a_car_is_not_recognised_at_two_places_at_once(
    workshop: Workshop, staff: User, owner: User, car: Vehicle
) -> None:
    visit = entering.book_at_counter(**entry(workshop, staff, owner, car_words="ein N5"))
    AppointmentFactory.create(vehicle=car, booked_by=owner, starts_at=at("08:30"))
    with pytest.raises(VehicleBusy):
        entering.recognise_car(by=staff, appointment=visit, typed=car.vin, now=timezone.now())


def test_somebody_elses_car_is_not_booked_in(workshop: Workshop, staff: User, car: Vehicle) -> None:
    with pytest.raises(Conflict):
        entering.book_at_counter(**entry(workshop, staff, UserFactory.create(), car_words=car.vin))


def test_who_is_here_already_needs_no_notice(workshop: Workshop, staff: User) -> None:
    now = at("09:03")
    slots = entering.starts_on(
        centre=workshop.centre, plan=plan_for(workshop.service_type), day=coming_thursday(), now=now
    )
    assert slots[0].starts_at == at("09:15")


def test_a_full_day_offers_the_next_free_times(workshop: Workshop, staff: User) -> None:
    plan = plan_for(workshop.service_type)
    saturday = coming_thursday() + timedelta(days=2)
    slots = entering.starts_on(centre=workshop.centre, plan=plan, day=saturday, now=timezone.now())
    assert slots[0].starts_at.date() == saturday + timedelta(days=2)


@pytest.mark.parametrize(("way", "kind"), [("pick_up", "driver"), ("mobile", "mobile")])
def test_a_visit_with_a_drive_is_booked_at_the_counter(
    way: str, kind: str, workshop: Workshop, staff: User, owner: User, car: Vehicle, client: Client
) -> None:
    workshop.service_type.is_mobile = True
    workshop.service_type.save()
    somebody = add_technician(workshop.centre, workshop.service_type.skill, name="Fahrdienst")
    Resource.objects.filter(pk=somebody.pk).update(kind=kind, area=["22"], travel_minutes=30)
    client.force_login(staff)
    where = reverse("services:entry-visit", args=[owner.pk])
    wanted: dict[str, Any] = {
        "vehicle": car.pk,
        "service_types": [workshop.service_type.pk],
        "centre": workshop.centre.pk,
        "way": way,
        "street": "Elbchaussee 1",
        "postcode": "",
        "town": "Hamburg",
        "day": coming_thursday().isoformat(),
    }
    assert client.get(where, wanted).context["wanted"].errors.keys() == {"postcode"}
    page = client.get(where, {**wanted, "postcode": "22769"})
    starts_at = page.context["slots"][0].starts_at.isoformat()
    sent = {**wanted, "postcode": "22769", "starts_at": starts_at}
    client.post(where, {**sent, "idempotency_key": page.context["idempotency_key"]})
    visit = Appointment.objects.get()
    assert (visit.way, visit.street, visit.postcode, visit.town) == (way, "Elbchaussee 1", "22769", "Hamburg")
    assert visit.allocations.filter(active=True, resource=somebody).exists()


def test_only_staff_of_the_centre_recognise_cars(workshop: Workshop, staff: User, owner: User) -> None:
    visit = entering.book_at_counter(**entry(workshop, staff, owner, car_words="ein N5"))
    stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
    car = make_car(owner)
    with pytest.raises(NotFound):
        entering.recognise_car(by=stranger, appointment=visit, typed=car.vin, now=timezone.now())


def test_an_unknown_caller_gets_a_file_and_a_visit(client: Client, workshop: Workshop, staff: User) -> None:
    client.force_login(staff)
    first = reverse("services:entry-customer")
    assert "Niemand gefunden" in client.get(first, {"q": "Zacharias"}).content.decode()
    unreachable = client.post(first, {"last_name": "Zacharias", "idempotency_key": "one"})
    assert unreachable.context["form"].errors.keys() == {"phone"}
    caller = {"last_name": "Zacharias", "phone": "+49 40 1234567", "idempotency_key": "two"}
    where = client.post(first, caller)["Location"]
    customer = User.objects.get(last_name="Zacharias")
    assert where == reverse("services:entry-visit", args=[customer.pk])
    assert customer.standing == User.Standing.CUSTOMER
    wanted: dict[str, Any] = {
        "service_types": workshop.service_type.pk,
        "car_words": "blauer N5",
        "centre": workshop.centre.pk,
        "way": "bring",
        "day": coming_thursday().isoformat(),
    }
    page = client.get(where, wanted).content.decode()
    assert at("08:30").isoformat() in page.replace("&#x2B;", "+")
    blank = client.post(where, {**wanted, "idempotency_key": "three"})
    assert blank.status_code == 422
    booked = client.post(where, {**wanted, "starts_at": at("08:30").isoformat(), "idempotency_key": "four"})
    visit = Appointment.objects.get()
    assert booked["Location"] == reverse("services:staff-visit", args=[visit.pk])
    assert (visit.booked_by, visit.entered_by, visit.car_words) == (customer, staff, "blauer N5")


def test_a_time_that_is_gone_keeps_what_was_chosen(
    client: Client, workshop: Workshop, staff: User, owner: User, car: Vehicle
) -> None:
    client.force_login(staff)
    other = UserFactory.create()
    entering.book_at_counter(**entry(workshop, staff, other, vehicle=make_car(other)))
    where = reverse("services:entry-visit", args=[owner.pk])
    body = {
        "service_types": workshop.service_type.pk,
        "vehicle": car.pk,
        "centre": workshop.centre.pk,
        "way": "wait",
        "day": coming_thursday().isoformat(),
        "starts_at": at("08:30").isoformat(),
        "note": "Es eilt.",
        "idempotency_key": "one",
    }
    answer = client.post(where, body)
    assert answer.status_code == 422
    assert "Es eilt." in answer.content.decode()
    assert Appointment.objects.count() == 1


def test_who_may_not_change_the_day_books_for_nobody(client: Client, workshop: Workshop, owner: User) -> None:
    client.force_login(UserFactory.create(role="technician", scope=workshop.centre))
    assert client.get(reverse("services:entry-customer")).status_code == 403
    assert client.get(reverse("services:entry-visit", args=[owner.pk])).status_code == 403
    client.force_login(UserFactory.create(role="staff", scope=workshop.centre))
    assert client.get(reverse("services:entry-visit", args=[999_999])).status_code == 404
