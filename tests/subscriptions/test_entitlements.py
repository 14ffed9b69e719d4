"""May this car do X now, and what is left: one answer, right under concurrency."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from subscriptions.models import Contract, Meter
from subscriptions.usage import entitlements
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db
ONE = Decimal(1)
TWO_AND_NO_MORE = [{"unit": "swap", "included": 2}]


def contract_with(allowances: list[dict[str, object]], now: datetime) -> Contract:
    owner = UserFactory.create()
    car = own(owner)
    return subscribed(owner, car, now=now - timedelta(days=40), version=offer_plan(allowances=allowances))


def test_what_is_used_and_promised_is_no_longer_left(now) -> None:
    contract = contract_with(TWO_AND_NO_MORE, now)
    entitlements.reserve(key="a", vehicle=contract.vehicle, unit="swap", quantity=ONE, now=now)
    found = entitlements.look(vehicle=contract.vehicle, unit="swap", now=now)
    assert found is not None
    assert (found.left, found.allows(ONE), found.allows(ONE * 2)) == (1, True, False)


def test_a_promise_can_be_given_back_once(now) -> None:
    contract = contract_with(TWO_AND_NO_MORE, now)
    entitlements.reserve(key="a", vehicle=contract.vehicle, unit="swap", quantity=ONE, now=now)
    entitlements.release(key="a", now=now)
    entitlements.release(key="a", now=now)
    assert Meter.objects.get().reserved == 0


def test_a_promise_that_ran_out_is_given_back(now) -> None:
    contract = contract_with(TWO_AND_NO_MORE, now)
    entitlements.reserve(key="a", vehicle=contract.vehicle, unit="swap", quantity=ONE, now=now)
    assert entitlements.release_expired(now=now + timedelta(days=61)) == 1
    assert Meter.objects.get().reserved == 0


def test_overage_lets_one_go_on_at_a_price(now) -> None:
    contract = contract_with([{"unit": "swap", "included": 0, "overage_cents": 1000}], now)
    assert entitlements.reserve(key="a", vehicle=contract.vehicle, unit="swap", quantity=ONE, now=now)


def test_what_is_unused_rolls_over_once(now) -> None:
    contract = contract_with([{"unit": "swap", "included": 2, "rolls_over": True}], now)
    found = entitlements.look(vehicle=contract.vehicle, unit="swap", now=now)
    assert found is not None
    assert found.included == 4  # the period before was not used at all
    later = entitlements.look(vehicle=contract.vehicle, unit="swap", now=now + timedelta(days=62))
    assert later is not None
    assert later.included == 4  # and never more than one period's worth


def test_a_car_without_a_contract_may_nothing(now) -> None:
    car = own(UserFactory.create())
    assert entitlements.look(vehicle=car, unit="swap", now=now) is None
    with pytest.raises(entitlements.NothingLeft):
        entitlements.reserve(key="a", vehicle=car, unit="swap", quantity=ONE, now=now)
