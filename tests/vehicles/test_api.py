"""The garage in the API: twins of the pages, with problems instead of form errors."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.vehicles import TransferFactory, VehicleModelFactory, own, share
from vehicles import handover
from vehicles.models import Share, Transfer, Vehicle

pytestmark = pytest.mark.django_db
FAR = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def handed_over():
    return handover.hand_over_vehicle(
        by=UserFactory.create(role="staff"),
        vin="WNLN5BZZZTH000900",
        model=VehicleModelFactory.create(),
        now=timezone.now(),
    )


def test_a_car_is_added_by_vin_and_code(api, handed_over):
    client = api(UserFactory.create())
    body = {"vin": handed_over.vehicle.vin, "code": handed_over.code, "plate": "hh nl 512e"}
    answer = client.post("/api/v1/vehicles/", body, headers={"Idempotency-Key": "one"})
    assert answer.status_code == 201
    assert answer.data["vin"] == handed_over.vehicle.vin
    assert answer.data["plate"] == "HH NL 512E"
    assert answer.data["owned"] is True
    again = client.post("/api/v1/vehicles/", body, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()) == (201, answer.json())


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"vin": "WNLN5BZZZTH00090"}, 400, "vin_invalid"),
        ({"vin": "WNLN5BZZZTH000999"}, 400, "claim_refused"),
        ({"code": "NL-0000-000"}, 400, "claim_refused"),
        ({"code": "nonsense"}, 400, "claim_code_invalid"),
        ({"plate": "???"}, 400, "plate_invalid"),
        ({"vin": ""}, 400, "invalid"),
    ],
)
def test_what_is_refused_is_a_problem_with_a_stable_code(api, handed_over, change, status, code):
    body = {"vin": handed_over.vehicle.vin, "code": handed_over.code} | change
    answer = api(UserFactory.create()).post("/api/v1/vehicles/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_after_five_tries_the_api_says_when_to_come_back(api, handed_over):
    client = api(UserFactory.create())
    body = {"vin": handed_over.vehicle.vin, "code": "NL-0000-000"}
    answers = [client.post("/api/v1/vehicles/", body) for _try in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert datetime.fromisoformat(answers[-1].json()["retry_at"]) > timezone.now()
    assert 0 < int(answers[-1]["Retry-After"]) <= 15 * 60


def test_one_sees_own_and_shared_cars_and_no_others(api):
    owner, friend = UserFactory.create(), UserFactory.create()
    mine, lent = own(owner), own(friend)
    own(UserFactory.create())
    share(lent, owner, rights=["drive"])
    rows = {row["id"]: row for row in api(owner).get("/api/v1/vehicles/").json()["results"]}
    assert set(rows) == {mine.pk, lent.pk}
    assert (rows[mine.pk]["owned"], rows[mine.pk]["rights"]) == (True, ["drive", "charge", "service"])
    assert (rows[lent.pk]["owned"], rows[lent.pk]["rights"], rows[lent.pk]["vin"]) == (False, ["drive"], None)


def test_other_peoples_cars_are_not_found(api):
    car = own(UserFactory.create())
    client = api(UserFactory.create())
    assert client.get(f"/api/v1/vehicles/{car.pk}/").status_code == 404
    assert client.patch(f"/api/v1/vehicles/{car.pk}/", {"plate": ""}).status_code == 404
    assert client.post(f"/api/v1/vehicles/{car.pk}/release/").status_code == 404


def test_a_shared_driver_neither_changes_nor_releases_the_car(api):
    car, driver = own(UserFactory.create()), UserFactory.create()
    share(car, driver)
    client = api(driver)
    assert client.patch(f"/api/v1/vehicles/{car.pk}/", {"plate": "B X 1"}).status_code == 404
    assert client.post(f"/api/v1/vehicles/{car.pk}/release/").status_code == 404


def test_plate_and_name_are_changed(api):
    owner = UserFactory.create()
    car = own(owner)
    answer = api(owner).patch(f"/api/v1/vehicles/{car.pk}/", {"plate": "b x 1"})
    assert answer.json()["plate"] == "B X 1"


def test_release_needs_a_fresh_sign_in(api):
    owner = UserFactory.create()
    car = own(owner)
    stale = api(owner, age=3600).post(f"/api/v1/vehicles/{car.pk}/release/")
    assert (stale.status_code, stale.json()["code"]) == (403, "sign_in_again")
    assert api(owner).post(f"/api/v1/vehicles/{car.pk}/release/").status_code == 204
    assert not Vehicle.objects.visible_to(owner, timezone.now()).exists()


def test_a_transfer_is_offered_and_accepted(api):
    old, new = UserFactory.create(), UserFactory.create()
    car = own(old)
    offer = api(old).post("/api/v1/transfers/", {"vehicle": car.pk, "email": new.email})
    assert (offer.status_code, offer.json()["state"], offer.json()["email"]) == (201, "offered", new.email)
    seen = api(new).get("/api/v1/transfers/").json()["results"]
    assert [(row["id"], row["email"]) for row in seen] == [(offer.json()["id"], None)]
    answer = api(new).post(f"/api/v1/transfers/{offer.json()['id']}/accept/")
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert Vehicle.objects.owned_by(new, timezone.now()).get() == car
    late = api(old).post(f"/api/v1/transfers/{offer.json()['id']}/withdraw/")
    assert (late.status_code, late.json()["code"]) == (409, "transfer_closed")


def test_a_transfer_is_refused_or_withdrawn(api):
    old, new = UserFactory.create(), UserFactory.create()
    first, second = (
        TransferFactory.create(vehicle=own(old), offered_by=old, email=new.email, expires_at=FAR)
        for _ in "ab"
    )
    assert api(new).post(f"/api/v1/transfers/{first.pk}/refuse/").json()["state"] == "refused"
    assert api(old).post(f"/api/v1/transfers/{second.pk}/withdraw/").json()["state"] == "withdrawn"
    assert api(UserFactory.create()).post(f"/api/v1/transfers/{second.pk}/accept/").status_code == 404


def test_a_foreign_car_can_neither_be_offered_nor_shared(api):
    car = own(UserFactory.create())
    client = api(UserFactory.create())
    offer = client.post("/api/v1/transfers/", {"vehicle": car.pk, "email": "x@example.org"})
    invite = client.post(
        "/api/v1/shares/", {"vehicle": car.pk, "email": "x@example.org", "rights": ["drive"]}
    )
    unknown = client.post("/api/v1/shares/", {"vehicle": 0, "email": "x@example.org", "rights": ["drive"]})
    assert offer.status_code == invite.status_code == unknown.status_code == 404
    assert "vehicle" in invite.json()["errors"]
    assert not Transfer.objects.exists()
    assert not Share.objects.exists()


def test_access_is_shared_accepted_and_revoked(api):
    owner, friend = UserFactory.create(), UserFactory.create()
    car = own(owner)
    body = {"vehicle": car.pk, "email": friend.email, "rights": ["service", "drive"], "scope": "full"}
    invited = api(owner).post("/api/v1/shares/", body)
    assert (invited.status_code, invited.json()["since"]) == (201, None)
    url = f"/api/v1/shares/{invited.json()['id']}/"
    assert api(friend).get("/api/v1/shares/").json()["results"][0]["email"] is None
    accepted = api(friend).post(f"{url}accept/")
    assert (accepted.status_code, accepted.json()["rights"]) == (200, ["drive", "service"])
    assert api(friend).get(f"/api/v1/vehicles/{car.pk}/").json()["vin"] == car.vin
    assert api(owner).post(f"{url}revoke/").json()["outcome"] == "revoked"
    assert api(friend).get(f"/api/v1/vehicles/{car.pk}/").status_code == 404
    assert api(owner).post(f"{url}revoke/").status_code == 404


def test_an_invitation_is_refused(api):
    owner, friend = UserFactory.create(), UserFactory.create()
    body = {"vehicle": own(owner).pk, "email": friend.email, "rights": ["drive"]}
    invited = api(owner).post("/api/v1/shares/", body).json()["id"]
    assert api(friend).post(f"/api/v1/shares/{invited}/refuse/").json()["outcome"] == "refused"


def test_guests_get_nothing(client):
    for name in ("vehicles", "shares", "transfers"):
        assert client.get(f"/api/v1/{name}/").status_code in (401, 403)


@pytest.mark.parametrize("count", [1, 25])
def test_the_list_of_cars_needs_three_queries(api, count, django_assert_max_num_queries):
    owner = UserFactory.create()
    for _ in range(count):
        share(own(UserFactory.create()), owner)
        own(owner)
    client = api(owner)
    client.get("/api/v1/vehicles/")
    with django_assert_max_num_queries(4):
        answer = client.get("/api/v1/vehicles/")
    assert len(answer.json()["results"]) == min(2 * count, 25)
