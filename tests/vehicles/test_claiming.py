"""Adding a car: the claim code from the handover is the proof, and guessing it is pointless."""

from datetime import timedelta

import pytest

from common.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import VehicleModelFactory, own
from vehicles import handover, ownership
from vehicles.errors import AlreadyYours, ClaimRefused, TooManyTries, VinInvalid
from vehicles.models import ClaimCode, Vehicle

pytestmark = pytest.mark.django_db
VIN = "WNLN5BZZZTH000900"
WRONG = "NL-0000-000"  # a well-formed code


@pytest.fixture
def staff():
    return UserFactory.create(role="staff")


@pytest.fixture
def handed_over(staff, now):
    return handover.hand_over_vehicle(by=staff, vin=VIN, model=VehicleModelFactory.create(), now=now)


def test_the_code_from_the_handover_makes_the_new_owner(handed_over, now):
    owner = UserFactory.create()
    vehicle = handover.claim_vehicle(
        by=owner, vin=VIN.lower(), code=handed_over.code.lower(), plate="hh nl 512e", now=now
    )
    assert Vehicle.objects.owned_by(owner, now).get() == vehicle
    assert vehicle.plate == "HH NL 512E"
    event = Event.objects.get(kind="vehicles.claimed")
    assert event.data == {"owner_after": owner.pk}


def test_only_a_hash_of_the_code_is_kept(handed_over):
    row = ClaimCode.objects.get()
    assert handed_over.code not in row.code_hash
    assert handed_over.code.replace("-", "") not in row.code_hash


def test_a_code_works_once(handed_over, now):
    handover.claim_vehicle(by=UserFactory.create(), vin=VIN, code=handed_over.code, now=now)
    with pytest.raises(ClaimRefused):
        handover.claim_vehicle(by=UserFactory.create(), vin=VIN, code=handed_over.code, now=now)


def test_an_unknown_car_and_a_wrong_code_get_the_same_answer(handed_over, now):
    person = UserFactory.create()
    answers = []
    for vin in (VIN, "WNLN5BZZZTH999999"):
        with pytest.raises(ClaimRefused) as caught:
            handover.claim_vehicle(by=person, vin=vin, code=WRONG, now=now)
        answers.append((str(caught.value), caught.value.code, caught.value.field))
    assert answers[0] == answers[1]


def test_a_mistyped_code_is_told_before_it_counts_as_a_try(handed_over, now):
    person = UserFactory.create()
    for _try in range(8):
        with pytest.raises(Invalid) as caught:
            handover.claim_vehicle(by=person, vin=VIN, code=handed_over.code[:-2], now=now)
        assert caught.value.code == "claim_code_invalid"
    handover.claim_vehicle(by=person, vin=VIN, code=handed_over.code, now=now)


def test_after_five_tries_one_waits_and_is_told_until_when(handed_over, now):
    person = UserFactory.create()
    for _try in range(5):
        with pytest.raises(ClaimRefused):
            handover.claim_vehicle(by=person, vin=VIN, code=WRONG, now=now)
    with pytest.raises(TooManyTries, match="09:15") as caught:
        handover.claim_vehicle(by=person, vin=VIN, code=handed_over.code, now=now)
    assert caught.value.status == 429
    later = now + timedelta(minutes=15)
    assert handover.claim_vehicle(by=person, vin=VIN, code=handed_over.code, now=later)


def test_one_persons_tries_do_not_lock_out_another(handed_over, now):
    for _try in range(5):
        with pytest.raises(ClaimRefused):
            handover.claim_vehicle(by=(guesser := UserFactory.create()), vin=VIN, code=WRONG, now=now)
    assert guesser
    assert handover.claim_vehicle(by=UserFactory.create(), vin=VIN, code=handed_over.code, now=now)


def test_nobody_walks_through_numbers(now):
    person = UserFactory.create()
    for number in range(20):
        with pytest.raises(ClaimRefused):
            handover.claim_vehicle(by=person, vin=f"WNLN5BZZZTH{number:06d}", code=WRONG, now=now)
    with pytest.raises(TooManyTries):
        handover.claim_vehicle(by=person, vin="WNLN5BZZZTH000999", code=WRONG, now=now)


def test_a_code_expires_after_ninety_days(handed_over, now):
    with pytest.raises(ClaimRefused):
        handover.claim_vehicle(
            by=UserFactory.create(), vin=VIN, code=handed_over.code, now=now + timedelta(days=90)
        )


def test_a_new_code_replaces_the_earlier_one(handed_over, staff, now):
    fresh = handover.issue_claim_code(by=staff, vehicle=handed_over.vehicle, now=now)
    person = UserFactory.create()
    with pytest.raises(ClaimRefused):
        handover.claim_vehicle(by=person, vin=VIN, code=handed_over.code, now=now)
    assert handover.claim_vehicle(by=person, vin=VIN, code=fresh.code, now=now)


def test_ones_own_car_is_recognised(handed_over, now):
    owner = UserFactory.create()
    handover.claim_vehicle(by=owner, vin=VIN, code=handed_over.code, now=now)
    with pytest.raises(AlreadyYours):
        handover.claim_vehicle(by=owner, vin=VIN, code=handed_over.code, now=now)


def test_a_released_car_can_be_claimed_again_with_a_new_code(handed_over, staff, now):
    first, second = UserFactory.create(), UserFactory.create()
    vehicle = handover.claim_vehicle(by=first, vin=VIN, code=handed_over.code, now=now)
    later = now + timedelta(days=1)
    ownership.release_vehicle(by=first, vehicle=vehicle, now=later)
    fresh = handover.issue_claim_code(by=staff, vehicle=vehicle, now=later)
    handover.claim_vehicle(by=second, vin=VIN, code=fresh.code, now=later)
    assert Vehicle.objects.owned_by(second, later).exists()
    assert not Vehicle.objects.visible_to(first, later).exists()


def test_only_those_whose_task_it_is_hand_over(now):
    with pytest.raises(NotAllowed):
        handover.hand_over_vehicle(
            by=UserFactory.create(), vin=VIN, model=VehicleModelFactory.create(), now=now
        )
    with pytest.raises(NotAllowed):
        handover.issue_claim_code(by=UserFactory.create(), vehicle=own(UserFactory.create()), now=now)


def test_a_known_number_is_not_entered_twice(handed_over, staff, now):
    with pytest.raises(Conflict) as caught:
        handover.hand_over_vehicle(by=staff, vin=VIN, model=VehicleModelFactory.create(), now=now)
    assert caught.value.code == "vin_known"


def test_an_owned_car_gets_no_code(staff, now):
    with pytest.raises(Conflict) as caught:
        handover.issue_claim_code(by=staff, vehicle=own(UserFactory.create()), now=now)
    assert caught.value.code == "vehicle_owned"


def test_a_wrong_number_is_refused_at_the_handover_too(staff, now):
    with pytest.raises(VinInvalid):
        handover.hand_over_vehicle(by=staff, vin=VIN[:-1], model=VehicleModelFactory.create(), now=now)
