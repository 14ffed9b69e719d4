"""The whole garage for one person: one answer, all cars of today, and those that come later."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Notice, User
from common.errors import Invalid, NotFound
from tests.factories.accounts import UserFactory, company
from tests.factories.vehicles import OwnershipFactory, own, own_for, share
from vehicles import ownership, sharing, transfers, whole_garage
from vehicles.errors import AlreadyShared, ShareClosed
from vehicles.models import GarageShare, Share, Vehicle

pytestmark = pytest.mark.django_db
FRIDA = "frida@example.org"
DAY = timedelta(days=1)


@pytest.fixture
def anna() -> User:
    user: User = UserFactory.create(first_name="Anna")
    return user


@pytest.fixture
def frida() -> User:
    user: User = UserFactory.create(email=FRIDA, first_name="Frida")
    return user


def invite(anna: User, now: datetime, **terms: Any) -> GarageShare:
    return whole_garage.share_whole_garage(by=anna, **{"email": FRIDA, "role": "family", "now": now, **terms})


def given(anna: User, frida: User, now: datetime, **terms: Any) -> GarageShare:
    return whole_garage.accept_garage(by=frida, garage=invite(anna, now, **terms), now=now)


def cars_of(user: User, now: datetime) -> set[Vehicle]:
    return set(Vehicle.objects.visible_to(user, now))


def test_one_answer_opens_all_cars_of_a_person_and_none_of_an_organisation(
    anna: User, frida: User, now: datetime
) -> None:
    cars = {own(anna), own(anna)}
    own_for(company(anna))
    invited = invite(anna, now, role="driver", scope="full", until=now + DAY)
    assert cars_of(frida, now) == set()
    whole_garage.accept_garage(by=frida, garage=invited, now=now)
    assert cars_of(frida, now) == cars
    rows = Share.objects.held_by(frida, now)
    assert {(tuple(row.rights), row.scope, row.until) for row in rows} == {
        (("drive", "charge"), "full", now + DAY)
    }
    assert cars_of(frida, now + DAY) == set()


def test_a_later_car_comes_along_and_both_are_told(
    anna: User, frida: User, now: datetime, run_reactions: Any
) -> None:
    given(anna, frida, now)
    ben = UserFactory.create()
    car = own(ben)
    offer = transfers.offer_transfer(by=ben, vehicle=car, email=str(anna.email), now=now)
    transfers.answer_transfer(by=anna, transfer=offer, accept=True, now=now + DAY)
    run_reactions()
    assert cars_of(frida, now + DAY) == {car}
    told = Notice.objects.filter(kind__startswith="vehicles.garage_car_")
    assert set(told.values_list("user", "kind")) == {
        (frida.pk, "vehicles.garage_car_held"),
        (anna.pk, "vehicles.garage_car_given"),
    }
    assert whole_garage.include_car(vehicle_id=car.pk, now=now + DAY) == 0


@pytest.mark.parametrize("what", ["invited", "ended", "run out", "chosen", "fleet", "passed on"])
def test_a_later_car_stays_out_when_the_garage_is_not_shared(
    anna: User, frida: User, now: datetime, what: str
) -> None:
    first, later = own(anna), now + 2 * DAY
    if what == "invited":
        invite(anna, now)
    elif what == "chosen":
        share(first, frida)
    else:
        row = given(anna, frida, now, until=now + DAY if what == "run out" else None)
        if what == "ended":
            whole_garage.end_garage(by=anna, garage=row, now=now)
    car = own_for(company(anna)) if what == "fleet" else own(anna)
    if what == "passed on":
        ownership.release_vehicle(by=anna, vehicle=car, now=now)
        OwnershipFactory.create(vehicle=car, period=(now + DAY, None))
    assert whole_garage.include_car(vehicle_id=car.pk, now=later) == 0
    assert car not in cars_of(frida, later)


@pytest.mark.parametrize("who", ["anna", "frida"])
def test_either_side_ends_it_for_all_its_cars_and_single_shares_stay(
    anna: User, frida: User, now: datetime, who: str, run_reactions: Any
) -> None:
    single, whole = own(anna), own(anna)
    share(single, frida, rights=["drive"])
    row = given(anna, frida, now)
    assert cars_of(frida, now) == {single, whole}
    stranger = UserFactory.create()
    with pytest.raises(NotFound):
        whole_garage.end_garage(by=stranger, garage=row, now=now)
    ends = {"anna": anna, "frida": frida}[who]
    whole_garage.end_garage(by=ends, garage=row, now=now + DAY)
    run_reactions()
    assert cars_of(frida, now + DAY) == {single}
    with pytest.raises(ShareClosed):
        whole_garage.end_garage(by=ends, garage=row, now=now + DAY)
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert kinds & {"vehicles.share_revoked", "vehicles.share_left"} == set()  # one word for all
    assert {"anna": "vehicles.garage_revoked", "frida": "vehicles.garage_left"}[who] in kinds


def test_one_car_can_be_taken_out_and_the_rest_goes_on(anna: User, frida: User, now: datetime) -> None:
    out, stays = own(anna), own(anna)
    given(anna, frida, now)
    sharing.revoke_share(by=anna, share=Share.objects.get(vehicle=out), now=now + DAY)
    assert cars_of(frida, now + DAY) == {stays}
    later = own(anna)
    assert whole_garage.include_car(vehicle_id=later.pk, now=now + DAY) == 1


def test_an_open_invitation_to_one_car_is_answered_with_it(anna: User, frida: User, now: datetime) -> None:
    car = own(anna)
    single = sharing.invite_to_share(by=anna, vehicle=car, email=FRIDA, rights=["drive"], now=now)
    given(anna, frida, now)
    single.refresh_from_db()
    assert single.outcome == Share.Outcome.WITHDRAWN
    assert cars_of(frida, now) == {car}


def test_wrong_input_and_strangers_are_refused(anna: User, frida: User, now: datetime) -> None:
    for wrong in (
        {"role": "boss"},
        {"until": now},
        {"scope": "nothing"},
        {"email": "frida"},
        {"email": str(anna.email)},
    ):
        with pytest.raises(Invalid):
            invite(anna, now, **wrong)
    row = invite(anna, now)
    with pytest.raises(AlreadyShared):
        invite(anna, now, email=FRIDA.upper())
    for answer in (whole_garage.accept_garage, whole_garage.refuse_garage):
        with pytest.raises(NotFound):
            answer(by=UserFactory.create(), garage=row, now=now)
    with pytest.raises(ShareClosed):
        whole_garage.accept_garage(by=frida, garage=row, now=now + 15 * DAY)
    assert not Share.objects.exists()


def test_what_ran_out_is_tidied_up_and_may_be_given_again(anna: User, frida: User, now: datetime) -> None:
    given(anna, frida, now, until=now + DAY)
    invite(anna, now, email="never@example.org")
    assert whole_garage.expire_garages(now=now + 15 * DAY) == 2
    assert whole_garage.expire_garages(now=now + 15 * DAY) == 0
    car = own(anna)
    given(anna, frida, now + 15 * DAY)
    assert cars_of(frida, now + 15 * DAY) == {car}


def test_one_letter_leads_to_one_answer(
    client: Client, anna: User, frida: User, run_reactions: Any, deliver_outbox: Any
) -> None:
    own(anna), own(anna)
    client.force_login(anna)
    page, people = reverse("vehicles:garage-share"), reverse("vehicles:people")
    typed = {"email": FRIDA, "extent": "whole", "role": "family", "scope": "basic"}
    for _press in range(2):
        client.post(page, {**typed, "idempotency_key": "k"})
    run_reactions()
    deliver_outbox()
    assert [letter.to for letter in mail.outbox] == [[FRIDA]]
    row = GarageShare.objects.get()
    assert FRIDA in client.get(people).text
    client.force_login(frida)
    assert f"/garage/people/{row.pk}/accept/" in client.get(reverse("vehicles:incoming")).text
    client.post(reverse("vehicles:garage-accept", args=[row.pk]))
    assert Share.objects.filter(user=frida).count() == 2
    assert "Anna" in client.get(people).text
    client.force_login(UserFactory.create())
    for deed in ("accept", "refuse", "end"):
        assert client.post(reverse(f"vehicles:garage-{deed}", args=[row.pk])).status_code == 404


def test_the_api_shares_answers_and_ends_alike(client: Client, anna: User, frida: User) -> None:
    own(anna)
    url = "/api/v1/garages/"
    kind: Any = {"content_type": "application/json"}
    client.force_login(anna)
    assert client.post(url, {"email": FRIDA, "role": "boss"}, **kind).status_code == 400
    made = client.post(url, {"email": FRIDA, "role": "driver"}, **kind)
    assert (made.status_code, made.json()["given"], made.json()["email"]) == (201, True, FRIDA)
    assert client.post(url, {"email": FRIDA, "role": "driver"}, **kind).json()["code"] == "already_shared"
    one = f"{url}{made.json()['id']}/"
    client.force_login(UserFactory.create())
    assert client.get(one).status_code == 404
    client.force_login(frida)
    accepted = client.post(f"{one}accept/", **kind).json()
    assert (accepted["given"], accepted["email"]) == (False, None)
    assert accepted["accepted_at"] is not None
    assert client.get("/api/v1/shares/").json()["results"][0]["garage"] == made.json()["id"]
    assert client.post(f"{one}revoke/", **kind).json()["outcome"] == "left"
    assert client.get("/api/v1/vehicles/").json()["results"] == []
