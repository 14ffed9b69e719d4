"""Resources, absences, closings and new times over the API: the same functions as the pages."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from common.civil import BERLIN, instant
from services.models import Absence, Appointment, Closure, Resource
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, add_technician, coming_thursday, make_workshop
from tests.services.test_absences import holder, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def thursday() -> date:
    return coming_thursday()


def at(day: date, clock: str) -> datetime:
    return instant(day, time.fromisoformat(clock), BERLIN)


@pytest.fixture
def booked(workshop: Workshop, thursday: date) -> Appointment:
    return visit(workshop, timezone.now(), at(thursday, "08:00"))


def away(client: Any, resource: Resource, thursday: date, **headers: str) -> Any:
    typed = {
        "resource": resource.pk,
        "starts_at": at(thursday, "07:00").isoformat(),
        "ends_at": at(thursday, "18:00").isoformat(),
        "reason": "sick",
    }
    return client.post("/api/v1/absences/", typed, content_type="application/json", headers=headers)


def test_an_absence_says_what_it_did_and_its_visit_is_a_replan_with_proposals(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    answer = away(client, workshop.technicians[0], thursday)
    assert answer.status_code == 201
    assert (answer.json()["displaced"], answer.json()["reassigned"]) == (1, 0)
    (row,) = client.get("/api/v1/replans/").json()["results"]
    assert row["id"] == booked.pk
    assert row["losses"][0]["part"] == "technician"
    assert datetime.fromisoformat(row["proposals"][0]) == at(thursday + timedelta(days=1), "08:00")
    moved = client.post(
        f"/api/v1/replans/{booked.pk}/move/",
        {"starts_at": row["proposals"][0]},
        content_type="application/json",
    )
    assert moved.status_code == 200
    assert client.get("/api/v1/replans/").json()["results"] == []


def test_the_same_key_enters_one_absence(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    answers = [
        away(client, workshop.technicians[0], thursday, **{"Idempotency-Key": "a" * 20}).json()
        for _n in range(2)
    ]
    assert answers[0] == answers[1]
    assert Absence.objects.count() == 1


def test_an_absence_is_taken_back(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    number = away(client, workshop.technicians[0], thursday).json()["id"]
    assert client.post(f"/api/v1/absences/{number}/cancel/").status_code == 200
    assert holder(booked, "technician") == workshop.technicians[0]
    assert client.post(f"/api/v1/absences/{number}/cancel/").status_code == 409


def test_a_closing_and_all_new_times_at_once(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    typed = {
        "centre": workshop.centre.pk,
        "starts_at": at(thursday, "00:00").isoformat(),
        "ends_at": at(thursday + timedelta(days=1), "00:00").isoformat(),
        "name": "Wasserschaden",
    }
    made = client.post("/api/v1/closures/", typed, content_type="application/json")
    assert made.status_code == 201
    assert client.post("/api/v1/replans/move-all/").json() == {"moved": 1, "left": 0}
    number = made.json()["id"]
    assert client.post(f"/api/v1/closures/{number}/reopen/").json()["cancelled_at"] is not None
    assert client.get("/api/v1/closures/").json()["results"][0]["id"] == number


def test_a_visit_goes_to_a_colleague_at_its_own_time(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    away(client, workshop.technicians[0], thursday)
    assert client.post(f"/api/v1/replans/{booked.pk}/reassign/").json()["code"] == "nobody_free"
    colleague = add_technician(workshop.centre, workshop.service_type.skill, name="N. Wolter")
    assert client.post(f"/api/v1/replans/{booked.pk}/reassign/").status_code == 200
    assert holder(booked, "technician") == colleague


def test_foreign_ids_are_not_found_and_change_nothing(
    client: Any, workshop: Workshop, booked: Appointment, thursday: date
) -> None:
    stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
    client.force_login(stranger)
    assert away(client, workshop.technicians[0], thursday).status_code == 404
    for path in (
        f"/api/v1/replans/{booked.pk}/reassign/",
        "/api/v1/absences/1/cancel/",
        "/api/v1/closures/1/reopen/",
    ):
        assert client.post(path).status_code == 404
    typed = {
        "centre": workshop.centre.pk,
        "starts_at": at(thursday, "00:00").isoformat(),
        "ends_at": at(thursday, "12:00").isoformat(),
    }
    assert client.post("/api/v1/closures/", typed, content_type="application/json").status_code == 404
    assert not Absence.objects.exists()
    assert not Closure.objects.exists()
    seen = client.get("/api/v1/resources/").json()["results"]
    assert workshop.bays[0].pk not in {row["id"] for row in seen}


def test_administrators_add_and_change_resources(client: Any, workshop: Workshop, staff: User) -> None:
    client.force_login(staff)
    typed = {"centre": workshop.centre.pk, "kind": "bay", "name": "Waschplatz", "bay_type": "wash"}
    assert client.post("/api/v1/resources/", typed, content_type="application/json").status_code == 403
    client.force_login(UserFactory.create(role="administrator"))
    made = client.post("/api/v1/resources/", typed, content_type="application/json")
    assert made.status_code == 201
    driver = {
        "centre": workshop.centre.pk,
        "kind": "driver",
        "name": "Fahrdienst",
        "area": ["20", "22"],
        "travel_minutes": 20,
    }
    number = client.post("/api/v1/resources/", driver, content_type="application/json").json()["id"]
    del driver["area"]
    refused = client.put(f"/api/v1/resources/{number}/", driver, content_type="application/json")
    assert refused.json()["code"] == "no_area"
    assert Resource.objects.get(pk=number).area == ["20", "22"]
    kinds = {row["kind"] for row in client.get("/api/v1/resources/?kind=driver").json()["results"]}
    assert kinds == {"driver"}


def test_lists_cost_the_same_for_one_and_for_many(
    client: Any, workshop: Workshop, staff: User, thursday: date, count_queries: Any
) -> None:
    client.force_login(staff)
    visit(workshop, timezone.now(), at(thursday, "08:00"))
    away(client, workshop.technicians[0], thursday)
    paths = ("/api/v1/replans/", "/api/v1/resources/", "/api/v1/absences/")
    one = {path: count_queries(lambda path=path: client.get(path)) for path in paths}
    Absence.objects.update(cancelled_at=timezone.now())
    for number in range(3):
        add_technician(workshop.centre, name=f"T{number}")
    for path in paths:
        assert count_queries(lambda path=path: client.get(path)) == one[path]
