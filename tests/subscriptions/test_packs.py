"""Batteries in cars: fitted, measured, priced and settled."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Invalid, NotAllowed
from subscriptions.contracts import ending
from subscriptions.errors import ContractNotFound
from subscriptions.models import Invoice, Pack, PackFitting, PackSettlement
from subscriptions.packs import fitting, health, prices, settling
from subscriptions.packs.errors import AlreadySettled, PackElsewhere, PackNotFound, PriceChanged
from tests.factories.accounts import UserFactory
from tests.factories.packs import PackFactory, pack_in
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import VehicleFactory, own

pytestmark = pytest.mark.django_db
NEW = 9_000_00


@given(st.integers(0, 10_000_000), st.integers(0, 400))
def test_a_payment_never_raises_the_price_and_a_fifth_stays(new: int, months: int) -> None:
    before = prices.buy_out_price(new_cents=new, months_paid=months)
    after = prices.buy_out_price(new_cents=new, months_paid=months + 1)
    assert after <= before <= new
    assert after >= (new * 200 + 500) // 1000


def test_the_price_falls_with_each_payment_from_the_second_year() -> None:
    paid = [prices.buy_out_price(new_cents=NEW, months_paid=months) for months in (0, 12, 13, 14, 500)]
    assert paid == [NEW, NEW, 8_928_00, 8_856_00, 1_800_00]


def test_another_pack_takes_the_place_of_the_one_in_the_car(now: datetime) -> None:
    staff, car = UserFactory.create(role="technician"), VehicleFactory.create()
    old, new = pack_in(car, now=now), PackFactory.create()
    fitting.fit_pack(by=staff, vehicle=car, serial=new.serial.lower(), now=now)
    assert fitting.pack_of(car, now) == new
    assert fitting.pack_of(car, now - timedelta(seconds=1)) == old
    fitting.remove_pack(by=staff, vehicle=car, now=now + timedelta(hours=1))
    assert fitting.pack_of(car, now + timedelta(hours=1)) is None


def test_a_pack_in_another_car_or_unknown_is_not_fitted(now: datetime) -> None:
    staff, car = UserFactory.create(role="technician"), VehicleFactory.create()
    there = pack_in(VehicleFactory.create(), now=now)
    with pytest.raises(PackElsewhere):
        fitting.fit_pack(by=staff, vehicle=car, serial=there.serial, now=now)
    with pytest.raises(PackNotFound):
        fitting.fit_pack(by=staff, vehicle=car, serial="NONE", now=now)


def test_only_who_works_on_cars_fits_and_measures(now: datetime) -> None:
    owner = UserFactory.create()
    car = own(owner)
    pack = pack_in(car, now=now)
    with pytest.raises(NotAllowed):
        fitting.remove_pack(by=owner, vehicle=car, now=now)
    with pytest.raises(NotAllowed):
        health.record_health(by=owner, pack=pack, percent=Decimal(90), measured_at=now, now=now)


def test_measurements_become_a_falling_line(now: datetime) -> None:
    staff, pack = UserFactory.create(role="technician"), PackFactory.create()
    for days, percent in ((200, "99.0"), (100, "96.5"), (0, "94.0")):
        health.record_health(
            by=staff, pack=pack, percent=Decimal(percent), measured_at=now - timedelta(days=days), now=now
        )
    curve = health.curve_of(pack)
    assert curve is not None
    assert curve.newest.percent == Decimal("94.0")
    across, down = zip(*curve.points, strict=True)
    assert across == (10, 160, 310)
    assert list(down) == sorted(down)


def test_a_measurement_of_the_future_or_twice_is_refused(now: datetime) -> None:
    staff, pack = UserFactory.create(role="technician"), PackFactory.create()
    with pytest.raises(Invalid):
        health.record_health(
            by=staff, pack=pack, percent=Decimal(90), measured_at=now + timedelta(days=1), now=now
        )
    health.record_health(by=staff, pack=pack, percent=Decimal(90), measured_at=now, now=now)
    with pytest.raises(Conflict):
        health.record_health(by=staff, pack=pack, percent=Decimal(91), measured_at=now, now=now)


def test_cancelling_a_battery_asks_what_becomes_of_its_pack(
    now: datetime, run_reactions: Callable[[], int]
) -> None:
    user = UserFactory.create()
    car = own(user)
    pack = pack_in(car, now=now)
    contract = subscribed(user, car, now=now)
    ending.cancel_contract(by=user, contract=contract, now=now)
    run_reactions()
    settlement = PackSettlement.objects.get(contract=contract)
    assert (settlement.manner, settlement.pack) == ("open", pack)
    assert user.notices.filter(kind="subscriptions.pack_to_settle").exists()


def test_other_contracts_have_no_pack_to_settle(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, None, now=now, version=offer_plan(plan={"kind": "mobility"}))
    assert settling.open_settlement(contract=contract, now=now) is None


def test_buying_is_billed_at_once_at_the_shown_price(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    pack_in(car, now=now)
    contract = subscribed(user, car, now=now)
    settling.open_settlement(contract=contract, now=now)
    with pytest.raises(PriceChanged):
        settling.buy_pack(by=user, contract=contract, shown_cents=1, now=now)
    done = settling.buy_pack(by=user, contract=contract, shown_cents=NEW, now=now)
    assert (done.manner, done.price_cents) == ("bought", NEW)
    assert Invoice.objects.get(account__holder=user).gross_cents == NEW
    with pytest.raises(AlreadySettled):
        settling.buy_pack(by=user, contract=contract, shown_cents=NEW, now=now)


def test_nobody_buys_or_settles_what_is_not_theirs(now: datetime) -> None:
    user, other = UserFactory.create(), UserFactory.create()
    car = own(user)
    pack_in(car, now=now)
    contract = subscribed(user, car, now=now)
    settling.open_settlement(contract=contract, now=now)
    with pytest.raises(ContractNotFound):
        settling.buy_pack(by=other, contract=contract, shown_cents=NEW, now=now)
    with pytest.raises(ContractNotFound):
        settling.settle_pack(by=user, contract=contract, manner="returned", now=now)


def test_a_returned_pack_is_in_no_car_any_more(now: datetime) -> None:
    user, desk = UserFactory.create(), UserFactory.create(role="advisor")
    car = own(user)
    pack = pack_in(car, now=now)
    contract = subscribed(user, car, now=now)
    settling.open_settlement(contract=contract, now=now)
    settling.settle_pack(by=desk, contract=contract, manner="returned", now=now)
    assert not PackFitting.objects.filter(pack=pack, period__upper_inf=True).exists()


def test_the_passport_is_public_but_the_health_is_for_the_keeper(client: Client) -> None:
    now = timezone.now()
    user = UserFactory.create()
    pack = pack_in(own(user), now=now)
    staff = UserFactory.create(role="technician")
    health.record_health(by=staff, pack=pack, percent=Decimal("93.5"), measured_at=now, now=now)
    url = f"/batteries/{pack.passport}/"
    assert pack.serial in client.get(url).content.decode()
    assert "93" not in _words(client, url)
    client.force_login(user)
    assert "93" in _words(client, url)


def _words(client: Client, url: str) -> str:
    page = client.get(url).content.decode()
    return page[page.index("<dl") : page.index("</dl>")]


def test_the_contract_page_always_shows_the_price(client: Client) -> None:
    now = timezone.now()
    user = UserFactory.create()
    car = own(user)
    pack = pack_in(car, now=now)
    contract = subscribed(user, car, now=now)
    client.force_login(user)
    page = client.get(f"/subscriptions/contracts/{contract.pk}/").content.decode()
    assert pack.serial in page
    assert "9.000,00" in page
    assert Pack.objects.visible_to(user, now).get() == pack
