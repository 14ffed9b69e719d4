"""A car changes hands at one instant, for everybody, and only by both sides' will."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.models import Notice
from common.errors import Invalid, NotFound
from journal import log
from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import TransferFactory, own, share
from vehicles import ownership, sharing, transfers
from vehicles.errors import TransferClosed, TransferPending, VehicleNotFound
from vehicles.models import Ownership, Share, Transfer, Vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    return UserFactory.create()


@pytest.fixture
def new():
    return UserFactory.create(email="new@example.org")


@pytest.fixture
def car(old):
    return own(old, nickname="Blitz")


@pytest.fixture
def offer(old, car, now):
    return transfers.offer_transfer(by=old, vehicle=car, email=" New@Example.org ", now=now)


def test_an_offer_changes_nothing_until_it_is_accepted(old, new, car, offer, now):
    assert Vehicle.objects.owned_by(old, now).exists()
    assert not Vehicle.objects.visible_to(new, now).exists()
    assert Transfer.objects.addressed_to(new, now).get() == offer


def test_acceptance_moves_the_car_at_one_instant(old, new, car, offer, now):
    driver = UserFactory.create()
    share(car, driver)
    then = now + timedelta(hours=1)
    transfers.answer_transfer(by=new, transfer=offer, accept=True, now=then)
    assert not Vehicle.objects.visible_to(old, then).exists()
    assert not Vehicle.objects.visible_to(driver, then).exists()
    assert Vehicle.objects.owned_by(new, then).get() == car
    before, after = Ownership.objects.filter(vehicle=car).order_by("period")
    assert before.period.upper == after.period.lower == then
    assert Share.objects.get().outcome == Share.Outcome.OWNER_CHANGED


def test_what_the_old_owner_wrote_about_the_car_leaves_with_them(new, car, offer, now):
    transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now)
    car.refresh_from_db()
    assert (car.plate, car.nickname, car.photo) == ("", "", None)


def test_shares_of_an_earlier_ownership_never_come_back(old, new, car, offer, now):
    driver = UserFactory.create()
    share(car, driver)
    transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now)
    back = transfers.offer_transfer(by=new, vehicle=car, email=old.email, now=now + timedelta(days=1))
    transfers.answer_transfer(by=old, transfer=back, accept=True, now=now + timedelta(days=1))
    assert Vehicle.objects.owned_by(old, now + timedelta(days=2)).exists()
    assert not Vehicle.objects.visible_to(driver, now + timedelta(days=2)).exists()


def test_refusal_leaves_the_car_where_it_is(old, new, car, offer, now):
    transfers.answer_transfer(by=new, transfer=offer, accept=False, now=now)
    assert Vehicle.objects.owned_by(old, now).exists()
    with pytest.raises(TransferClosed):
        transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now)


def test_a_withdrawn_offer_can_no_longer_be_accepted(old, new, offer, now):
    transfers.withdraw_transfer(by=old, transfer=offer, now=now)
    with pytest.raises(TransferClosed):
        transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now)


def test_an_offer_ends_by_itself_after_fourteen_days(old, new, car, offer, now):
    late = now + timedelta(days=14)
    with pytest.raises(TransferClosed):
        transfers.answer_transfer(by=new, transfer=offer, accept=True, now=late)
    assert not Transfer.objects.addressed_to(new, late).exists()
    assert transfers.expire_transfers(now=late) == 1
    assert transfers.expire_transfers(now=late) == 0
    assert Event.objects.filter(kind="vehicles.transfer_expired").count() == 1


def test_an_overdue_offer_does_not_block_the_next(old, car, offer, now):
    late = now + timedelta(days=15)
    fresh = transfers.offer_transfer(by=old, vehicle=car, email="third@example.org", now=late)
    offer.refresh_from_db()
    assert (offer.state, fresh.state) == (Transfer.State.EXPIRED, Transfer.State.OFFERED)


def test_only_one_offer_waits_per_car(old, car, offer, now):
    with pytest.raises(TransferPending):
        transfers.offer_transfer(by=old, vehicle=car, email="third@example.org", now=now)
    with pytest.raises(IntegrityError, match="transfer_one_pending"), transaction.atomic():
        TransferFactory.create(vehicle=car, offered_by=old, email="third@example.org")


def test_other_people_neither_see_nor_answer_an_offer(offer, now):
    stranger = UserFactory.create()
    assert not Transfer.objects.visible_to(stranger, now).exists()
    for act in (
        lambda: transfers.answer_transfer(by=stranger, transfer=offer, accept=True, now=now),
        lambda: transfers.withdraw_transfer(by=stranger, transfer=offer, now=now),
    ):
        with pytest.raises(NotFound):
            act()


def test_who_shares_a_car_cannot_give_it_away(car, now):
    driver = UserFactory.create()
    share(car, driver)
    with pytest.raises(VehicleNotFound):
        transfers.offer_transfer(by=driver, vehicle=car, email="third@example.org", now=now)
    with pytest.raises(VehicleNotFound):
        ownership.release_vehicle(by=driver, vehicle=car, now=now)


@pytest.mark.parametrize("email", ["", "nonsense", "a@b"])
def test_an_incomplete_address_is_refused(old, car, email, now):
    with pytest.raises(Invalid) as caught:
        transfers.offer_transfer(by=old, vehicle=car, email=email, now=now)
    assert caught.value.field == "email"


def test_one_does_not_transfer_to_oneself(old, car, now):
    with pytest.raises(Invalid) as caught:
        transfers.offer_transfer(by=old, vehicle=car, email=old.email.upper(), now=now)
    assert caught.value.code == "own_address"


def test_somebody_who_signs_up_later_finds_the_offer(car, old, now):
    transfers.offer_transfer(by=old, vehicle=car, email="later@example.org", now=now)
    newcomer = UserFactory.create(email="later@example.org")
    offer = Transfer.objects.addressed_to(newcomer, now).get()
    transfers.answer_transfer(by=newcomer, transfer=offer, accept=True, now=now)
    assert Vehicle.objects.owned_by(newcomer, now).exists()


def test_a_newcomer_is_told_what_waits(car, old, now, run_reactions):
    transfers.offer_transfer(by=old, vehicle=car, email="later@example.org", now=now)
    sharing.invite_to_share(by=old, vehicle=own(old), email="later@example.org", rights=["drive"], now=now)
    newcomer = UserFactory.create(email="later@example.org")
    log.record("accounts.signed_up", by=newcomer, subject=newcomer)
    run_reactions()
    kinds = set(newcomer.notices.values_list("kind", flat=True))
    assert {"vehicles.transfer_received", "vehicles.share_received"} <= kinds


def test_release_ends_everything_at_once(old, new, car, offer, now):
    driver = UserFactory.create()
    share(car, driver)
    sharing.invite_to_share(by=old, vehicle=car, email="x@example.org", rights=["drive"], now=now)
    ownership.release_vehicle(by=old, vehicle=car, now=now)
    assert not Vehicle.objects.visible_to(old, now).exists()
    assert not Vehicle.objects.visible_to(driver, now).exists()
    assert not Share.objects.filter(outcome="").exists()
    with pytest.raises(TransferClosed):
        transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now)


def test_both_sides_are_told(old, new, car, offer, now, run_reactions, deliver_outbox):
    run_reactions()
    deliver_outbox()
    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]
    assert old.display_name in mail.outbox[0].subject
    transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now)
    run_reactions()
    kinds = {(notice.user_id, notice.kind) for notice in Notice.objects.all()}
    assert {
        (new.pk, "vehicles.transfer_received"),
        (old.pk, "vehicles.transfer_given"),
        (new.pk, "vehicles.transfer_taken"),
    } <= kinds


def test_a_letter_goes_out_with_and_without_an_account(old, now, run_reactions, deliver_outbox):
    transfers.offer_transfer(by=old, vehicle=own(old), email="nobody@example.org", now=now)
    run_reactions()
    deliver_outbox()
    assert [letter.to for letter in mail.outbox] == [["nobody@example.org"]]
    assert "/garage/incoming/" in mail.outbox[0].body


def test_a_withdrawn_offer_is_not_mailed(old, offer, now, run_reactions, deliver_outbox):
    transfers.withdraw_transfer(by=old, transfer=offer, now=now)
    run_reactions()
    deliver_outbox()
    assert mail.outbox == []


def test_addresses_are_forgotten_after_thirty_days(old, offer, now):
    transfers.withdraw_transfer(by=old, transfer=offer, now=now)
    assert transfers.forget_addresses(now=now + timedelta(days=29)) == 0
    assert transfers.forget_addresses(now=now + timedelta(days=30)) == 1
    offer.refresh_from_db()
    assert offer.email == ""
