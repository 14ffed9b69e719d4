"""Two people act at the same moment: exactly one outcome, and never two owners."""

from datetime import UTC, datetime

import pytest

from common.errors import DomainError
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import VehicleModelFactory, own
from vehicles import handover, ownership, sharing, transfers
from vehicles.models import Ownership, Share, Transfer, Vehicle

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def outcome(results):
    """How many succeeded; every other one must have failed in words, not in the database."""
    failed = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, DomainError) for error in failed), failed
    return len(results) - len(failed)


def owners(vehicle):
    return list(
        Ownership.objects.filter(vehicle=vehicle, period__upper_inf=True).values_list("user", flat=True)
    )


@pytest.fixture
def offered(committing_db):
    old, new = UserFactory.create(), UserFactory.create()
    vehicle = own(old)
    return old, new, vehicle, transfers.offer_transfer(by=old, vehicle=vehicle, email=str(new.email), now=NOW)


def test_two_acceptances_transfer_once(offered, race):
    _old, new, vehicle, offer = offered
    results = race([lambda: transfers.answer_transfer(by=new, transfer=offer, accept=True, now=NOW)] * 2)
    assert outcome(results) == 1
    assert owners(vehicle) == [new.pk]


def test_acceptance_against_withdrawal_has_one_winner(offered, race):
    old, new, vehicle, offer = offered
    results = race(
        [
            lambda: transfers.answer_transfer(by=new, transfer=offer, accept=True, now=NOW),
            lambda: transfers.withdraw_transfer(by=old, transfer=offer, now=NOW),
        ]
    )
    assert outcome(results) == 1
    offer.refresh_from_db()
    winner = new if offer.state == Transfer.State.ACCEPTED else old
    assert owners(vehicle) == [winner.pk]


def test_acceptance_against_release_has_one_winner(offered, race):
    old, new, vehicle, offer = offered
    results = race(
        [
            lambda: transfers.answer_transfer(by=new, transfer=offer, accept=True, now=NOW),
            lambda: ownership.release_vehicle(by=old, vehicle=vehicle, now=NOW),
        ]
    )
    assert outcome(results) == 1
    assert owners(vehicle) in ([new.pk], [])


def test_two_offers_of_one_car_make_one(committing_db, race):
    old = UserFactory.create()
    vehicle = own(old)
    results = race(
        [
            lambda: transfers.offer_transfer(by=old, vehicle=vehicle, email="a@example.org", now=NOW),
            lambda: transfers.offer_transfer(by=old, vehicle=vehicle, email="b@example.org", now=NOW),
        ]
    )
    assert outcome(results) == 1
    assert Transfer.objects.count() == 1


def test_one_code_makes_one_owner(committing_db, race):
    staff, people = UserFactory.create(role="staff"), [UserFactory.create() for _ in range(4)]
    done = handover.hand_over_vehicle(
        by=staff, vin="WNLN5BZZZTH000900", model=VehicleModelFactory.create(), now=NOW
    )
    results = race(
        [
            lambda person=person: handover.claim_vehicle(
                by=person, vin=done.vehicle.vin, code=done.code, now=NOW
            )
            for person in people
        ]
    )
    assert outcome(results) == 1
    assert len(owners(done.vehicle)) == 1


def test_one_number_is_handed_over_once(committing_db, race):
    staff, model = UserFactory.create(role="staff"), VehicleModelFactory.create()
    results = race(
        [lambda: handover.hand_over_vehicle(by=staff, vin="WNLN5BZZZTH000901", model=model, now=NOW)] * 3
    )
    assert outcome(results) == 1
    assert Vehicle.objects.count() == 1


def test_accepting_access_against_revoking_it_ends_closed(committing_db, race):
    owner, friend = UserFactory.create(), UserFactory.create()
    vehicle = own(owner)
    invited = sharing.invite_to_share(
        by=owner, vehicle=vehicle, email=str(friend.email), rights=["drive"], now=NOW
    )
    results = race(
        [
            lambda: sharing.accept_share(by=friend, share=invited, now=NOW),
            lambda: sharing.revoke_share(by=owner, share=invited, now=NOW),
        ]
    )
    assert outcome(results) in (1, 2)
    assert Share.objects.get().outcome != ""
    assert not Vehicle.objects.visible_to(friend, datetime(2026, 11, 24, 8, 1, tzinfo=UTC)).exists()


def test_accepting_access_against_transfer_leaves_the_friend_without(offered, race):
    old, new, vehicle, offer = offered
    friend = UserFactory.create()
    invited = sharing.invite_to_share(
        by=old, vehicle=vehicle, email=str(friend.email), rights=["drive"], now=NOW
    )
    results = race(
        [
            lambda: sharing.accept_share(by=friend, share=invited, now=NOW),
            lambda: transfers.answer_transfer(by=new, transfer=offer, accept=True, now=NOW),
        ]
    )
    assert outcome(results) in (1, 2)
    assert owners(vehicle) == [new.pk]
    assert not Vehicle.objects.visible_to(friend, datetime(2026, 11, 24, 8, 1, tzinfo=UTC)).exists()
