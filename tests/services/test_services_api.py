"""The workshop over the API: twins of the pages."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from common.civil import BERLIN, instant
from services.models import Allocation, Appointment
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, coming_thursday, make_car, make_workshop
from vehicles.models import Vehicle


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


@pytest.fixture
def api(owner: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(owner)
    return client


@pytest.fixture
def asked(workshop: Workshop, car: Vehicle) -> dict[str, Any]:
    return {
        "vehicle": car.pk,
        "centre": workshop.centre.pk,
        "service_type": workshop.service_type.pk,
        "starts_at": at("08:30").isoformat(),
    }


def slots(api: APIClient, workshop: Workshop, **query: Any) -> Any:
    return api.get(
        "/api/v1/slots/",
        {
            "centre": workshop.centre.pk,
            "service_type": workshop.service_type.pk,
            "from": coming_thursday().isoformat(),
            "days": 1,
            **query,
        },
    )


def test_slots_name_start_and_end(api: APIClient, workshop: Workshop) -> None:
    answer = slots(api, workshop).json()
    assert set(answer) == {"results", "next", "previous"}
    first = answer["results"][0]
    assert datetime.fromisoformat(first["starts_at"]) == at("07:30")
    assert datetime.fromisoformat(first["ends_at"]) == at("08:15")
    assert len(answer["results"]) == 36


def test_slots_lead_on_to_the_next_days(api: APIClient, workshop: Workshop) -> None:
    following = api.get(slots(api, workshop).json()["next"]).json()
    friday = coming_thursday() + timedelta(days=1)
    assert following["results"][0]["starts_at"].startswith(friday.isoformat())


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"days": 63}, {"days": "x"}, {"from": "2026-02-30"}, {"centre": 0}, {"centre": ""}]
)
def test_senseless_questions_are_a_400(api: APIClient, workshop: Workshop, wrong: dict[str, Any]) -> None:
    answer = slots(api, workshop, **wrong)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("far", ["0001-01-01", "9999-12-31"])
def test_days_far_away_have_no_slots_and_no_error(api: APIClient, workshop: Workshop, far: str) -> None:
    assert slots(api, workshop, **{"from": far}).status_code == 200


def test_slots_take_five_queries_at_most(
    api: APIClient, workshop: Workshop, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        slots(api, workshop, days=14)


def test_centres_and_services_are_public(workshop: Workshop, db: None) -> None:
    guest = APIClient()
    centre = guest.get("/api/v1/centres/").json()["results"][0]
    assert centre["opening_hours"][0] == {"weekday": 1, "opens": "07:30:00", "closes": "17:00:00"}
    assert guest.get("/api/v1/service-types/").json()["results"][0]["price_cents"] == 8900


def test_guests_neither_see_slots_nor_book(workshop: Workshop, asked: dict[str, Any]) -> None:
    guest = APIClient()
    assert slots(guest, workshop).status_code in (401, 403)
    assert guest.post("/api/v1/appointments/", asked).status_code in (401, 403)


def test_an_appointment_is_created_moved_and_cancelled(api: APIClient, asked: dict[str, Any]) -> None:
    created = api.post("/api/v1/appointments/", {**asked, "note": "Bitte leise."})
    assert created.status_code == 201
    body = created.json()
    assert datetime.fromisoformat(body["ends_at"]) == at("09:15")
    assert (body["status"], body["price_cents"], body["note"]) == ("booked", 8900, "Bitte leise.")
    url = f"/api/v1/appointments/{body['id']}/"
    assert api.get(url).json() == body
    moved = api.post(f"{url}move/", {"starts_at": at("10:00").isoformat()}).json()
    assert (datetime.fromisoformat(moved["starts_at"]), moved["version"]) == (at("10:00"), 1)
    assert api.post(f"{url}cancel/").json()["status"] == "cancelled"
    assert api.post(f"{url}cancel/").status_code == 409


def test_the_loser_gets_409_with_three_times(api: APIClient, asked: dict[str, Any]) -> None:
    other = UserFactory.create()
    assert api.post("/api/v1/appointments/", asked).status_code == 201
    late = APIClient()
    late.force_authenticate(other)
    answer = late.post("/api/v1/appointments/", {**asked, "vehicle": make_car(other).pk})
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "slot_taken"
    assert [datetime.fromisoformat(slot["starts_at"]) for slot in problem["next"]] == [
        at("09:15"),
        at("09:30"),
        at("09:45"),
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"starts_at": "2020-01-01T08:30:00Z"}, "past"),
        ({"starts_at": "0001-01-01T00:00:00Z"}, "past"),
        ({"starts_at": "2999-01-01T08:30:00Z"}, "too_far"),
        ({"starts_at": "9999-12-31T23:45:00Z"}, "invalid"),
        ({"starts_at": "tomorrow"}, "invalid"),
        ({"centre": "x"}, "invalid"),
        ({"service_type": "x"}, "invalid"),
        ({"note": "x" * 1001}, "invalid"),
        ({"starts_at": None}, "invalid"),
    ],
)
def test_impossible_wishes_are_a_400_with_the_reason(
    api: APIClient, asked: dict[str, Any], changed: dict[str, Any], code: str
) -> None:
    answer = api.post("/api/v1/appointments/", {**asked, **changed})
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("number", [0, -1, 10**30])
def test_an_unknown_or_foreign_car_is_a_404(api: APIClient, asked: dict[str, Any], number: int) -> None:
    foreign = make_car(UserFactory.create())
    assert api.post("/api/v1/appointments/", {**asked, "vehicle": foreign.pk}).status_code == 404
    assert api.post("/api/v1/appointments/", {**asked, "vehicle": number}).status_code == 404
    assert not Appointment.objects.exists()


def test_a_foreign_appointment_is_a_404(api: APIClient, asked: dict[str, Any]) -> None:
    pk = api.post("/api/v1/appointments/", asked).json()["id"]
    stranger = APIClient()
    stranger.force_authenticate(UserFactory.create())
    assert stranger.get(f"/api/v1/appointments/{pk}/").status_code == 404
    assert stranger.post(f"/api/v1/appointments/{pk}/cancel/").status_code == 404
    later = {"starts_at": at("10:00").isoformat()}
    assert stranger.post(f"/api/v1/appointments/{pk}/move/", later).status_code == 404
    assert stranger.get("/api/v1/appointments/").json()["results"] == []


def test_the_same_key_gives_the_same_answer_and_another_body_422(
    api: APIClient, asked: dict[str, Any]
) -> None:
    first = api.post("/api/v1/appointments/", asked, headers={"Idempotency-Key": "k"})
    again = api.post("/api/v1/appointments/", asked, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert Appointment.objects.count() == 1
    other = {**asked, "starts_at": at("10:00").isoformat()}
    assert api.post("/api/v1/appointments/", other, headers={"Idempotency-Key": "k"}).status_code == 422


def test_staff_change_the_status_owners_do_not(api: APIClient, asked: dict[str, Any], staff: User) -> None:
    pk = api.post("/api/v1/appointments/", asked).json()["id"]
    assert api.post(f"/api/v1/appointments/{pk}/status/", {"status": "arrived"}).status_code == 403
    desk = APIClient()
    desk.force_authenticate(staff)
    assert (
        desk.post(f"/api/v1/appointments/{pk}/status/", {"status": "arrived"}).json()["status"] == "arrived"
    )
    elsewhere = APIClient()
    elsewhere.force_authenticate(UserFactory.create(role="staff", scope=make_workshop().centre))
    assert elsewhere.post(f"/api/v1/appointments/{pk}/status/", {"status": "in_work"}).status_code == 404


def test_the_list_takes_the_same_queries_with_many_rows(
    api: APIClient, asked: dict[str, Any], owner: User, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    def look() -> Any:
        return api.get("/api/v1/appointments/")

    api.post("/api/v1/appointments/", asked)
    few = count_queries(look)
    for clock in ("09:30", "10:30", "11:30"):
        api.post("/api/v1/appointments/", {**asked, "starts_at": at(clock).isoformat()})
    assert count_queries(look) == few <= 3


def test_eight_posts_with_one_key_make_one_appointment(
    committing_db: None, race: Callable[..., list[Any]]
) -> None:
    workshop = make_workshop(technicians=3, bays=3)
    person = UserFactory.create()
    asked = {
        "vehicle": make_car(person).pk,
        "centre": workshop.centre.pk,
        "service_type": workshop.service_type.pk,
        "starts_at": at("08:30").isoformat(),
    }

    def post() -> Any:
        client = APIClient()
        client.force_authenticate(person)
        return client.post("/api/v1/appointments/", asked, headers={"Idempotency-Key": "one"})

    answers = race([post] * 8)
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert Appointment.objects.count() == 1
    assert Allocation.objects.count() == 2


def test_eight_posts_for_one_slot_are_one_201_and_seven_409(
    committing_db: None, race: Callable[..., list[Any]]
) -> None:
    workshop = make_workshop()
    people = [UserFactory.create() for _n in range(8)]
    cars = {person.pk: make_car(person).pk for person in people}

    def post(person: User) -> Callable[[], Any]:
        def call() -> Any:
            client = APIClient()
            client.force_authenticate(person)
            return client.post(
                "/api/v1/appointments/",
                {
                    "vehicle": cars[person.pk],
                    "centre": workshop.centre.pk,
                    "service_type": workshop.service_type.pk,
                    "starts_at": at("08:30").isoformat(),
                },
            )

        return call

    answers = race([post(person) for person in people])
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert Appointment.objects.count() == 1
