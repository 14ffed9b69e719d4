"""The workshop over the API: twins of the pages."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from common.civil import BERLIN, instant
from services.models import Allocation, Appointment, Resource, StatusChange
from tests.factories.accounts import UserFactory
from tests.factories.services import (
    ServiceTypeFactory,
    Workshop,
    coming_thursday,
    make_car,
    make_workshop,
)
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
        "service_types": [workshop.service_type.pk],
        "starts_at": at("08:30").isoformat(),
        "early_start": True,
    }


def slots(api: APIClient, workshop: Workshop, **query: Any) -> Any:
    return api.get(
        "/api/v1/slots/",
        {
            "centre": workshop.centre.pk,
            "service_types": [workshop.service_type.pk],
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


def test_the_time_of_an_appointment_that_would_move_counts_as_free(
    api: APIClient, workshop: Workshop, asked: dict[str, Any]
) -> None:
    mine = api.post("/api/v1/appointments/", asked).json()["id"]
    found = slots(api, workshop, appointment=mine).json()["results"]
    starts = {datetime.fromisoformat(each["starts_at"]) for each in found}
    assert {at("08:15"), at("08:45")} <= starts
    assert at("08:30") not in starts
    stranger = APIClient()
    stranger.force_login(UserFactory.create())
    assert slots(stranger, workshop, appointment=mine).status_code == 404


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
        ({"service_types": ["x"]}, "invalid"),
        ({"service_types": []}, "invalid"),
        ({"way": "fly"}, "invalid"),
        ({"way": "pick_up"}, "no_postcode"),
        ({"loan_car": True, "way": "wait"}, "no_loan_car"),
        ({"early_start": False}, "early_start_needed"),
        ({"vehicle": None}, "no_vehicle"),
        ({"symptoms": {"99": "laut"}}, "unknown_question"),
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
    base = f"/api/v1/appointments/{pk}"
    assert api.post(f"{base}/status/", {"status": "in_work"}).status_code == 403
    desk, elsewhere = APIClient(), APIClient()
    desk.force_authenticate(staff)
    elsewhere.force_authenticate(UserFactory.create(role="staff", scope=make_workshop().centre))
    refused = desk.post(f"{base}/status/", {"status": "arrived"})
    assert (refused.status_code, refused.json()["code"]) == (409, "form_needed")
    Appointment.objects.update(status="arrived")
    waits = {"status": "waiting_parts", "parts": "Bremsscheibe", "note": "Morgen da"}
    assert elsewhere.post(f"{base}/status/", waits).status_code == 404
    assert desk.post(f"{base}/status/", waits).json()["status"] == "waiting_parts"
    step = StatusChange.objects.get(status="waiting_parts")
    assert (step.parts, step.note, step.by) == ("Bremsscheibe", "Morgen da", staff)


def test_staff_promise_another_time_and_hand_the_car_back(
    api: APIClient, asked: dict[str, Any], staff: User
) -> None:
    pk = api.post("/api/v1/appointments/", asked).json()["id"]
    base = f"/api/v1/appointments/{pk}"
    promise = {"promised_at": at("16:00").isoformat(), "reason": "Teil kommt später"}
    done = {"done": "Räder gewechselt", "looked": True}
    assert api.post(f"{base}/promise/", promise).status_code == 403
    assert api.post(f"{base}/hand-back/", done).status_code == 403
    desk, elsewhere = APIClient(), APIClient()
    desk.force_authenticate(staff)
    elsewhere.force_authenticate(UserFactory.create(role="staff", scope=make_workshop().centre))
    assert elsewhere.post(f"{base}/promise/", promise).status_code == 404
    assert elsewhere.post(f"{base}/hand-back/", done).status_code == 404
    assert desk.post(f"{base}/promise/", promise).status_code == 200
    assert Appointment.objects.get().promised_at == at("16:00")
    Appointment.objects.update(status="ready")
    assert desk.post(f"{base}/hand-back/", {**done, "looked": False}).json()["code"] == "not_looked"
    assert desk.post(f"{base}/hand-back/", done).json()["status"] == "done"


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
        "service_types": [workshop.service_type.pk],
        "starts_at": at("08:30").isoformat(),
        "early_start": True,
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
                    "service_types": [workshop.service_type.pk],
                    "starts_at": at("08:30").isoformat(),
                    "early_start": True,
                },
            )

        return call

    answers = race([post(person) for person in people])
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert Appointment.objects.count() == 1


def test_several_jobs_are_one_visit(api: APIClient, workshop: Workshop, asked: dict[str, Any]) -> None:
    more = ServiceTypeFactory.create(skill=workshop.service_type.skill, price_cents=1000)
    jobs = [workshop.service_type.pk, more.pk]
    free = slots(api, workshop, service_types=jobs).json()["results"]
    first = datetime.fromisoformat(free[0]["ends_at"]) - datetime.fromisoformat(free[0]["starts_at"])
    assert first == timedelta(minutes=90)
    body = api.post("/api/v1/appointments/", {**asked, "service_types": jobs}, format="json").json()
    assert (body["service_types"], body["price_cents"]) == (jobs, 9900)


def test_the_earliest_times_near_a_place(api: APIClient, workshop: Workshop) -> None:
    asked: dict[str, Any] = {"near": "53.5,10.0", "service_types": workshop.service_type.pk}
    (row,) = api.get("/api/v1/slots/", asked).json()["results"]
    assert row["centre"] == workshop.centre.pk
    assert 5 < row["km"] < 15
    assert datetime.fromisoformat(row["starts_at"]) > timezone.now()


@pytest.mark.parametrize(
    "wrong", [{"near": "x"}, {"near": "nan,nan"}, {"near": "91,0"}, {"near": "1,2", "centre": 1}]
)
def test_a_place_that_is_none_is_a_400(api: APIClient, workshop: Workshop, wrong: dict[str, Any]) -> None:
    answer = api.get("/api/v1/slots/", {"service_types": workshop.service_type.pk, **wrong})
    assert answer.status_code == 400


def test_a_time_is_kept_listed_and_given_back(
    api: APIClient, workshop: Workshop, asked: dict[str, Any]
) -> None:
    del asked["early_start"]
    made = api.post("/api/v1/holds/", asked, format="json")
    assert made.status_code == 201, made.content
    hold = made.json()
    assert datetime.fromisoformat(hold["starts_at"]) == at("08:30")
    assert hold["purpose"] == "choice"
    assert api.get("/api/v1/holds/").json()["results"] == [hold]
    url = f"/api/v1/holds/{hold['id']}/"
    stranger = APIClient()
    stranger.force_authenticate(UserFactory.create())
    assert stranger.get("/api/v1/holds/").json()["results"] == []
    assert stranger.delete(url).status_code == 404
    other = UserFactory.create()
    late = APIClient()
    late.force_authenticate(other)
    refused = late.post("/api/v1/holds/", {**asked, "vehicle": make_car(other).pk}, format="json")
    assert refused.status_code == 409
    assert len(refused.json()["next"]) == 3
    assert api.delete(url).status_code == 204
    assert api.get("/api/v1/holds/").json()["results"] == []


def test_waiting_for_an_earlier_time_over_the_api(api: APIClient, asked: dict[str, Any]) -> None:
    visit = api.post("/api/v1/appointments/", asked, format="json").json()
    url = f"/api/v1/appointments/{visit['id']}/waitlist/"
    assert api.post(url).json()["state"] == "waiting"
    assert api.delete(url).status_code == 204
    stranger = APIClient()
    stranger.force_authenticate(UserFactory.create())
    assert stranger.post(url).status_code == 404


def test_a_visit_at_home_needs_its_address(api: APIClient, workshop: Workshop, asked: dict[str, Any]) -> None:
    wish = {**asked, "way": "pick_up", "address": {"street": "Weg 1", "postcode": "22769", "town": "Hamburg"}}
    driver = Resource.objects.create(
        centre=workshop.centre, kind="driver", name="Fahrt", area=["22"], travel_minutes=20
    )
    for day in range(1, 6):
        driver.shifts.create(weekday=day, starts=time(7), ends=time(17), valid=DateRange(None, None))
    answer = api.post("/api/v1/appointments/", wish, format="json")
    assert answer.status_code == 201, answer.content
    assert Appointment.objects.get().street == "Weg 1"
