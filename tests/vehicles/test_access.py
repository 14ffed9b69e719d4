"""Who sees and may use a car is decided at one instant, by ownership and shares."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tests.factories.accounts import UserFactory
from tests.factories.vehicles import LONG_AGO, OwnershipFactory, VehicleFactory, own, share
from vehicles.models import Ownership, Share, Vehicle

pytestmark = pytest.mark.django_db


def test_an_owner_sees_their_car_and_nobody_else_does(now):
    owner, stranger = UserFactory.create(), UserFactory.create()
    vehicle = own(owner)
    assert list(Vehicle.objects.visible_to(owner, now)) == [vehicle]
    assert list(Vehicle.objects.owned_by(owner, now)) == [vehicle]
    assert not Vehicle.objects.visible_to(stranger, now).exists()


def test_at_the_instant_of_change_the_old_owner_loses_and_the_new_gains(now):
    old, new = UserFactory.create(), UserFactory.create()
    vehicle = VehicleFactory.create()
    OwnershipFactory.create(vehicle=vehicle, user=old, period=DateTimeTZRange(LONG_AGO, now, "[)"))
    OwnershipFactory.create(vehicle=vehicle, user=new, period=DateTimeTZRange(now, None, "[)"))
    before = now - timedelta(microseconds=1)
    assert Vehicle.objects.visible_to(old, before).exists()
    assert not Vehicle.objects.visible_to(new, before).exists()
    assert not Vehicle.objects.visible_to(old, now).exists()
    assert Vehicle.objects.visible_to(new, now).exists()


def test_a_shared_driver_uses_the_car_only_for_the_rights_given(now):
    owner, driver = UserFactory.create(), UserFactory.create()
    vehicle = own(owner)
    share(vehicle, driver, rights=["drive", "charge"])
    assert Vehicle.objects.visible_to(driver, now).get() == vehicle
    assert Vehicle.objects.usable_by(driver, right="drive", now=now).exists()
    assert not Vehicle.objects.usable_by(driver, right="service", now=now).exists()
    assert Vehicle.objects.usable_by(owner, right=Share.Right.SERVICE, now=now).exists()
    assert not Vehicle.objects.owned_by(driver, now).exists()


def test_access_ends_at_its_time_by_itself(now):
    vehicle = own(UserFactory.create())
    driver = UserFactory.create()
    share(vehicle, driver, until=now, period=DateTimeTZRange(LONG_AGO, now, "[)"))
    assert Vehicle.objects.visible_to(driver, now - timedelta(seconds=1)).exists()
    assert not Vehicle.objects.visible_to(driver, now).exists()


def test_a_share_is_dead_once_its_giver_no_longer_owns_the_car(now):
    old, new, driver = UserFactory.create(), UserFactory.create(), UserFactory.create()
    vehicle = VehicleFactory.create()
    OwnershipFactory.create(vehicle=vehicle, user=old, period=DateTimeTZRange(LONG_AGO, now, "[)"))
    share(vehicle, driver)
    OwnershipFactory.create(vehicle=vehicle, user=new, period=DateTimeTZRange(now, None, "[)"))
    assert not Vehicle.objects.visible_to(driver, now).exists()


def test_the_scoped_reads_work_inside_other_queries(now):
    owner, driver = UserFactory.create(), UserFactory.create()
    vehicle = own(owner)
    own(UserFactory.create())
    share(vehicle, driver)
    visible = Vehicle.objects.visible_to(driver, now)
    assert Ownership.objects.filter(vehicle__in=visible).count() == 1
    assert visible.filter(plate=vehicle.plate).count() == 1
    assert visible.exclude(pk=vehicle.pk).count() == 0
    assert (visible | Vehicle.objects.owned_by(owner, now)).distinct().count() == 1


def test_the_garage_lists_own_cars_first_with_what_one_may_do(now, django_assert_num_queries):
    person, friend = UserFactory.create(), UserFactory.create()
    borrowed = own(friend)
    share(borrowed, person, rights=["drive"], scope="full")
    mine = [own(person), own(person)]
    with django_assert_num_queries(1):
        cars = list(Vehicle.objects.visible_to(person, now).with_access_of(person, now).own_first())
    assert [car.pk for car in cars] == [*[car.pk for car in mine], borrowed.pk]
    assert [car.is_mine for car in cars] == [True, True, False]
    assert (cars[2].my_rights, cars[2].my_scope) == (["drive"], "full")


def test_the_database_refuses_two_owners_at_once(now):
    vehicle = own(UserFactory.create())
    with pytest.raises(IntegrityError, match="ownership_one_at_a_time"), transaction.atomic():
        OwnershipFactory.create(vehicle=vehicle, period=DateTimeTZRange(now, None, "[)"))


def test_the_database_keeps_the_history_of_ownership(now):
    row = OwnershipFactory.create(period=DateTimeTZRange(LONG_AGO, now, "[)"))
    with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
        row.delete()
    row.period = DateTimeTZRange(LONG_AGO, None, "[)")
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        Ownership.objects.filter(pk=row.pk).update(user=UserFactory.create())


@pytest.mark.parametrize("vin", ["WNLN5AZZZTH00001", "WNLN5AZZZTH00000O", "wnln5azzzth000001"])
def test_the_database_refuses_what_is_no_vin(vin):
    with pytest.raises(IntegrityError, match="vehicle_vin_iso3779"), transaction.atomic():
        VehicleFactory.create(vin=vin)
