"""Cars of an organisation: its members run them, its drivers use what they are given, no longer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Notice
from accounts.organisations import memberships
from accounts.privacy.parts import holds_of
from common.errors import Invalid, NotAllowed, NotFound
from tests.factories.accounts import UserFactory, company, member
from tests.factories.vehicles import VehicleModelFactory, own, own_for, share
from vehicles import handover, live, ownership, sharing, transfers
from vehicles.errors import VehicleNotFound
from vehicles.models import Ownership, Share, Vehicle

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory.create()


@pytest.fixture
def acme(boss):
    return company(boss, name="ACME GmbH")


@pytest.fixture
def car(acme):
    return own_for(acme)


def give(boss, car, driver, **terms):
    terms = {"rights": ["drive", "charge", "service"], "now": NOW, **terms}
    return sharing.invite_to_share(by=boss, vehicle=car, email=str(driver.email), **terms)


def sees(user, car, now=NOW):
    return Vehicle.objects.visible_to(user, now).filter(pk=car.pk).exists()


def services(user, car, now=NOW):
    return Vehicle.objects.usable_by(user, right="service", now=now).filter(pk=car.pk).exists()


def test_an_ownership_has_exactly_one_holder(boss, acme, car):
    for holder in ({}, {"user": boss, "organisation": acme}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ownership.objects.create(vehicle=car, period=("2020-01-01", "2020-02-01"), **holder)


def test_history_keeps_which_organisation_owned_a_car(acme, car):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ownership.objects.filter(vehicle=car).update(organisation=company(UserFactory.create()))


@pytest.mark.parametrize(("role", "runs"), [("administrator", True), ("fleet", True), ("driver", False)])
def test_administrators_and_fleet_managers_run_the_cars_and_drivers_do_not(acme, car, role, runs):
    person = member(acme, role)
    assert Vehicle.objects.owned_by(person, NOW).filter(pk=car.pk).exists() == runs
    assert sees(person, car) == runs
    assert services(person, car) == runs


def test_nobody_else_sees_a_car_of_an_organisation(car):
    stranger = UserFactory.create()
    other_boss = UserFactory.create()
    company(other_boss)
    assert not sees(stranger, car)
    assert not sees(other_boss, car)


def test_the_garage_names_the_organisation(boss, car):
    mine = own(boss)
    cars = {each.pk: each for each in Vehicle.objects.visible_to(boss, NOW).with_access_of(boss, NOW)}
    assert (cars[car.pk].is_mine, cars[car.pk].fleet_name) == (True, "ACME GmbH")
    assert (cars[mine.pk].is_mine, cars[mine.pk].fleet_name) == (True, None)


def test_a_driver_gets_a_car_at_once_and_only_as_a_member(boss, acme, car, run_reactions):
    driver = member(acme)
    give(boss, car, driver)
    run_reactions()
    assert services(driver, car)
    assert Notice.objects.filter(user=driver, kind="vehicles.share_given").exists()
    with pytest.raises(Invalid) as error:
        give(boss, car, UserFactory.create())
    assert error.value.code == "not_a_member"


def test_a_removed_driver_loses_the_car_at_once_and_joining_again_brings_nothing_back(
    boss, acme, car, run_reactions
):
    driver = member(acme)
    row = give(boss, car, driver)
    held = Membership.objects.get(user=driver)
    memberships.end_membership(by=boss, membership=held, now=NOW)
    assert not sees(driver, car)
    assert not live.may_watch(driver, live.topic_of(car.pk), now=NOW)
    assert not Share.objects.in_force(NOW).filter(pk=row.pk).exists()
    run_reactions()
    Membership.objects.create(organisation=acme, user=driver, role="driver", since=NOW)
    assert not sees(driver, car, NOW + timedelta(minutes=1))


def test_what_a_member_gave_stays_when_they_leave(boss, acme, car):
    manager, driver = member(acme, "fleet"), member(acme)
    give(manager, car, driver)
    memberships.end_membership(by=boss, membership=Membership.objects.get(user=manager), now=NOW)
    assert not sees(manager, car)
    assert services(driver, car)
    row = Share.objects.get(user=driver)
    with pytest.raises(NotFound):
        sharing.revoke_share(by=manager, share=row, now=NOW)
    sharing.revoke_share(by=boss, share=row, now=NOW)
    assert not services(driver, car, NOW + timedelta(seconds=1))


def test_a_car_is_added_for_an_organisation(boss, acme):
    staff = UserFactory.create(role="staff")
    done = handover.hand_over_vehicle(
        by=staff, vin="WNLN5BZZZTH000950", model=VehicleModelFactory.create(), now=NOW
    )
    added = handover.claim_vehicle(by=boss, vin=done.vehicle.vin, code=done.code, organisation=acme, now=NOW)
    owned = Ownership.objects.get(vehicle=added)
    assert (owned.user, owned.organisation) == (None, acme)


def test_drivers_add_no_car_in_the_name_of_their_organisation(acme):
    staff = UserFactory.create(role="staff")
    done = handover.hand_over_vehicle(
        by=staff, vin="WNLN5BZZZTH000951", model=VehicleModelFactory.create(), now=NOW
    )
    with pytest.raises(NotFound):
        handover.claim_vehicle(
            by=member(acme), vin=done.vehicle.vin, code=done.code, organisation=acme, now=NOW
        )
    assert not Ownership.objects.exists()


def test_a_car_goes_from_a_person_to_an_organisation_and_on(boss, acme, run_reactions):
    seller, buyer = UserFactory.create(), UserFactory.create()
    car, friend = own(seller), UserFactory.create()
    share(car, friend)
    offer = transfers.offer_transfer(by=seller, vehicle=car, email=str(boss.email), now=NOW)
    transfers.answer_transfer(by=boss, transfer=offer, accept=True, organisation=acme, now=NOW)
    later = NOW + timedelta(days=1)
    assert not sees(seller, car, later)
    assert not sees(friend, car, later)
    driver, manager = member(acme), member(acme, "fleet")
    give(boss, car, driver, now=later)
    offer = transfers.offer_transfer(by=boss, vehicle=car, email=str(buyer.email), now=later)
    assert offer.organisation == acme
    transfers.answer_transfer(by=buyer, transfer=offer, accept=True, now=later)
    run_reactions()
    last = later + timedelta(days=1)
    assert [sees(person, car, last) for person in (boss, manager, driver, buyer)] == [
        False,
        False,
        False,
        True,
    ]
    assert Notice.objects.filter(user=boss, kind="vehicles.transfer_given").exists()


def test_a_fleet_manager_gives_no_car_away(client, boss, acme, car):
    fleet = member(acme, "fleet")
    with pytest.raises(NotAllowed):
        transfers.offer_transfer(by=fleet, vehicle=car, email="neu@example.org", now=NOW)
    with pytest.raises(NotAllowed):
        ownership.release_vehicle(by=fleet, vehicle=car, now=NOW)
    pages = [reverse(f"vehicles:{name}", args=[car.pk]) for name in ("transfer-offer", "vehicle-release")]
    for person, status, shown in ((fleet, 404, False), (boss, 302, True)):
        client.force_login(person)
        car_page = client.get(reverse("vehicles:vehicle-detail", args=[car.pk])).text
        for page in pages:
            assert client.get(page).status_code == status  # 302: asks once more who it is
            assert (page in car_page) == shown
    transfers.offer_transfer(by=boss, vehicle=car, email="neu@example.org", now=NOW)


def test_the_cars_of_an_organisation_keep_nobody_from_leaving(acme, car):
    fleet = member(acme, "fleet")
    assert holds_of(user=fleet, now=NOW) == []
    own(fleet)
    assert [hold.code for hold in holds_of(user=fleet, now=NOW)] == ["car_owned"]


def test_whoever_runs_the_organisation_withdraws_its_offer_and_others_do_not(boss, acme, car):
    manager = member(acme, "fleet")
    offer = transfers.offer_transfer(by=boss, vehicle=car, email="new@example.org", now=NOW)
    with pytest.raises(NotFound):
        transfers.withdraw_transfer(by=member(acme), transfer=offer, now=NOW)
    transfers.withdraw_transfer(by=manager, transfer=offer, now=NOW)
    with pytest.raises(VehicleNotFound):
        ownership.release_vehicle(by=member(acme), vehicle=car, now=NOW)
    ownership.release_vehicle(by=boss, vehicle=car, now=NOW)
    assert not sees(boss, car, NOW + timedelta(seconds=1))


def test_access_is_changed_in_place(boss, acme, car):
    driver = member(acme)
    row = give(boss, car, driver)
    until = NOW + timedelta(days=3)
    sharing.change_share(by=boss, share=row, rights=["drive"], scope="basic", until=until, now=NOW)
    assert not services(driver, car)
    assert sees(driver, car)
    assert not sees(driver, car, until)
    with pytest.raises(NotFound):
        sharing.change_share(by=driver, share=row, rights=["service"], scope="full", until=None, now=NOW)


# -- The page of family and friends ---------------------------------------------------------


def test_one_page_shows_who_may_do_what_over_all_cars(client, boss, acme, car):
    friend, driver = UserFactory.create(first_name="Frida"), member(acme, first_name="Dora")
    share(own(boss, plate="HH FA 1E"), friend, rights=["drive"])
    share(own(boss, plate="HH FA 2E"), friend, rights=["charge"])
    give(boss, car, driver, now=timezone.now())
    other = own(UserFactory.create(), plate="HH XX 9E")
    share(other, UserFactory.create(first_name="Xaver"))
    client.force_login(boss)
    page = client.get(reverse("vehicles:people"))
    text = page.content.decode()
    assert len(page.context["groups"]) == 2
    assert "Frida" in text
    assert "Dora" in text
    assert "HH FA 2E" in text
    assert "Xaver" not in text
    assert "HH XX 9E" not in text


def test_access_is_changed_and_revoked_from_that_page(client, boss, now):
    friend, car = UserFactory.create(), own(boss)
    row = share(car, friend)
    client.force_login(boss)
    url = reverse("vehicles:share-change", args=[row.pk])
    client.post(url, {"rights": ["charge"], "scope": "full", "last_day": ""})
    row.refresh_from_db()
    assert (row.rights, row.scope) == (["charge"], "full")
    answer = client.post(reverse("vehicles:share-end", args=[row.pk]), {"everybody": "1"})
    assert answer["Location"] == reverse("vehicles:people")
    client.force_login(friend)
    assert client.get(reverse("vehicles:vehicle-detail", args=[car.pk])).status_code == 404


def test_somebody_else_s_access_is_not_found_there(client, now):
    row = share(own(UserFactory.create()), UserFactory.create())
    client.force_login(row.user)
    assert client.get(reverse("vehicles:share-change", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_needs_as_many_queries_for_many_as_for_one(
    client, boss, count, django_assert_max_num_queries
):
    for _ in range(count):
        share(own(boss), UserFactory.create())
    client.force_login(boss)
    with django_assert_max_num_queries(9):
        client.get(reverse("vehicles:people"))
