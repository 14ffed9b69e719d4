"""Eight at once: one contract, seven clean refusals, no deadlock."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from subscriptions.contracts import ending, ordering
from subscriptions.errors import AlreadyEnded, AlreadySubscribed
from subscriptions.models import Contract, ContractVersion, Plan
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own

Race = Callable[[list[Callable[[], Any]]], list[Any]]
EIGHT = 8


def outcomes(results: list[Any], expected: type[Exception]) -> tuple[int, int]:
    """How many won, how many were refused as expected."""
    won = [each for each in results if isinstance(each, Contract)]
    refused = [each for each in results if isinstance(each, expected)]
    assert len(won) + len(refused) == len(results), results
    return len(won), len(refused)


@pytest.mark.usefixtures("committing_db")
def test_eight_orders_for_one_car_make_one_contract(race: Race, now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    versions = [offer_plan(price_cents=100_00 + n) for n in range(EIGHT)]
    order = partial(ordering.subscribe, by=user, vehicle=car, now=now)
    results = race([partial(order, plan_version=version) for version in versions])
    assert outcomes(results, AlreadySubscribed) == (1, EIGHT - 1)
    assert Contract.objects.count() == ContractVersion.objects.count() == 1


@pytest.mark.usefixtures("committing_db")
def test_eight_orders_of_one_charging_plan_make_one_contract(race: Race, now: datetime) -> None:
    user: User = UserFactory.create()
    version = offer_plan(plan={"kind": Plan.Kind.CHARGING, "code": "charging"})
    order = partial(ordering.subscribe, by=user, plan_version=version, vehicle=None, now=now)
    results = race([order] * EIGHT)
    assert outcomes(results, AlreadySubscribed) == (1, EIGHT - 1)


@pytest.mark.usefixtures("committing_db")
def test_eight_cancellations_end_a_contract_once(race: Race, now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    results = race([partial(ending.cancel_contract, by=user, contract=contract, now=now)] * EIGHT)
    assert outcomes(results, AlreadyEnded) == (1, EIGHT - 1)


@pytest.mark.usefixtures("committing_db")
def test_ordering_and_cancelling_at_once_never_overlap(race: Race, now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    first = subscribed(user, car, now=now)
    version = offer_plan()
    calls: list[Callable[[], Any]] = [
        partial(ending.cancel_contract, by=user, contract=first, now=now),
        *[partial(ordering.subscribe, by=user, plan_version=version, vehicle=car, now=now)] * 4,
    ]
    results = race(calls)
    assert isinstance(results[0], Contract)
    assert all(isinstance(each, AlreadySubscribed) for each in results[1:]), results
