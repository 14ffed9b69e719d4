"""The counter over the API: staff write, customers read what is theirs."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from services.models import Appointment, RepairOrder, Resource
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, Workshop, make_car, make_workshop
from vehicles.models import Vehicle

NAME = [[[10, 500, 0], [200, 300, 40], [400, 600, 90], [700, 350, 150], [900, 500, 210]]]
ORDERS, LOANS, WHEELS = "/api/v1/repair-orders/", "/api/v1/loans/", "/api/v1/tyre-sets/"
Post = Callable[..., Any]


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return AppointmentFactory.create(
        centre=workshop.centre,
        service_type=workshop.service_type,
        booked_by=owner,
        vehicle=car,
        starts_at=timezone.now() + timedelta(minutes=10),
    )


@pytest.fixture
def post(client: Client, staff: User) -> Post:
    client.force_login(staff)

    def send(path: str, body: dict[str, Any], key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(path, json.dumps(body), content_type="application/json", headers=headers)

    return send


def order_for(visit: Appointment, **more: Any) -> dict[str, Any]:
    mark = {"view": "left", "x": 300, "y": 700, "text": "Kratzer"}
    return {"appointment": visit.pk, "work": "Räder", "mileage_km": 18420, "marks": [mark], **more}


def test_staff_check_in_change_and_let_sign(post: Post, visit: Appointment) -> None:
    made = post(ORDERS, order_for(visit), "one")
    assert made.status_code == 201
    assert post(ORDERS, order_for(visit), "one").json() == made.json()
    assert post(ORDERS, order_for(visit, work="Anderes"), "one").status_code == 422
    again = post(ORDERS, order_for(visit))
    assert (again.status_code, again.json()["code"]) == (409, "checked_in")
    order = made.json()
    changed = post(f"{ORDERS}{order['id']}/change/", order_for(visit, version=1, price_limit_cents=9900))
    assert changed.json()["version"] == 2
    old = {"sha256": order["paper_sha256"], "signer_name": "Anna L", "strokes": NAME}
    assert post(f"{ORDERS}{order['id']}/sign/", old).json()["code"] == "paper_changed"
    signed = post(f"{ORDERS}{order['id']}/sign/", {**old, "sha256": changed.json()["paper_sha256"]})
    assert signed.json()["signed_at"] is not None


def test_customers_read_their_orders_and_write_none(
    client: Client, post: Post, visit: Appointment, owner: User
) -> None:
    order = post(ORDERS, order_for(visit)).json()
    client.force_login(owner)
    assert [each["id"] for each in client.get(ORDERS).json()["results"]] == [order["id"]]
    assert client.get(f"{ORDERS}{order['id']}/").json()["marks"][0]["text"] == "Kratzer"
    assert post(f"{ORDERS}{order['id']}/change/", order_for(visit, version=1)).status_code == 403
    client.force_login(UserFactory.create())
    assert client.get(ORDERS).json()["results"] == []
    assert client.get(f"{ORDERS}{order['id']}/").status_code == 404


def test_foreign_visits_cars_and_wheels_are_not_found(
    client: Client, post: Post, visit: Appointment, workshop: Workshop, car: Vehicle
) -> None:
    order = post(ORDERS, order_for(visit)).json()
    other = make_workshop()
    theirs = Resource.objects.create(centre=other.centre, kind="loan_car", name="Ersatzwagen")
    assert post(LOANS, loan_of(visit, theirs)).status_code == 404
    assert post(WHEELS, wheels_of(car, other)).status_code == 404
    client.force_login(UserFactory.create(role="staff", scope=other.centre))
    assert post(ORDERS, order_for(visit)).status_code == 404
    assert post(f"{ORDERS}{order['id']}/change/", order_for(visit, version=1)).status_code == 404
    assert RepairOrder.objects.get().version == 1


def loan_of(visit: Appointment, car: Resource, **more: Any) -> dict[str, Any]:
    return {
        "appointment": visit.pk,
        "car": car.pk,
        "driver_name": "Mara Lund",
        "licence_class": "B",
        "due_at": (timezone.now() + timedelta(hours=5)).isoformat(),
        "mileage_km": 4210,
        "charge_percent": 90,
        **more,
    }


def test_a_car_is_lent_signed_for_and_given_back(
    client: Client, post: Post, visit: Appointment, workshop: Workshop, owner: User
) -> None:
    car = Resource.objects.create(centre=workshop.centre, kind="loan_car", name="Ersatzwagen")
    assert post(LOANS, loan_of(visit, car, licence_class="A2")).status_code == 400
    made = post(LOANS, loan_of(visit, car))
    assert made.status_code == 201
    loan = made.json()
    body = {"sha256": loan["paper_sha256"], "signer_name": "Mara Lund", "strokes": NAME}
    assert post(f"{LOANS}{loan['id']}/sign/", body).json()["is_signed"] is True
    less = post(f"{LOANS}{loan['id']}/return/", {"mileage_km": 4000, "charge_percent": 50})
    assert (less.status_code, less.json()["code"]) == (400, "mileage_back")
    back = post(f"{LOANS}{loan['id']}/return/", {"mileage_km": 4300, "charge_percent": 50})
    assert back.json()["mileage_in_km"] == 4300
    assert client.get(LOANS, {"out": "true"}).json()["results"] == []
    client.force_login(owner)
    assert [each["id"] for each in client.get(LOANS).json()["results"]] == [loan["id"]]


def wheels_of(car: Vehicle, workshop: Workshop, place: str = "B-04-2") -> dict[str, Any]:
    return {
        "vehicle": car.pk,
        "centre": workshop.centre.pk,
        "place": place,
        "season": "winter",
        "tread_mm": ["6.5", "6.4", "3.2", "6.0"],
    }


def test_wheels_are_stored_shown_to_their_owner_and_taken_out(
    client: Client, post: Post, workshop: Workshop, owner: User, car: Vehicle
) -> None:
    made = post(WHEELS, wheels_of(car, workshop))
    assert (made.status_code, made.json()["wear"]) == (201, "worn")
    assert post(WHEELS, wheels_of(car, workshop)).json()["code"] == "shelf_taken"
    client.force_login(owner)
    assert [each["place"] for each in client.get(WHEELS).json()["results"]] == ["B-04-2"]
    assert post(f"{WHEELS}{made.json()['id']}/take-out/", {}).status_code == 403
    client.force_login(UserFactory.create(role="staff", scope=workshop.centre))
    assert post(f"{WHEELS}{made.json()['id']}/take-out/", {}).json()["taken_out_at"] is not None


def test_lists_take_the_same_queries_for_many(
    client: Client,
    post: Post,
    workshop: Workshop,
    visit: Appointment,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    def add(number: int) -> None:
        booked = AppointmentFactory.create(centre=workshop.centre, service_type=workshop.service_type)
        car = Resource.objects.create(centre=workshop.centre, kind="loan_car", name=f"Wagen {number}")
        post(ORDERS, order_for(booked))
        post(LOANS, loan_of(booked, car))
        post(WHEELS, wheels_of(make_car(UserFactory.create()), workshop, f"A-{number}"))

    paths = [ORDERS, LOANS, WHEELS]
    add(0)
    for path in paths:
        client.get(path)
    few = [count_queries(partial(client.get, path)) for path in paths]
    for number in range(1, 4):
        add(number)
    assert [count_queries(partial(client.get, path)) for path in paths] == few
