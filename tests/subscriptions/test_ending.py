"""Cancelling and withdrawing a contract."""

from datetime import date, datetime, timedelta

import pytest

from subscriptions.contracts import ending, holders
from subscriptions.errors import AlreadyEnded, WithdrawalOver
from subscriptions.models import ContractVersion
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def test_cancelling_ends_a_contract_after_one_month_of_notice(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    ended = ending.cancel_contract(by=user, contract=contract, now=now)
    assert ended.ends_on == date(2026, 12, 24)
    assert ended.status(TODAY) == "cancelled"
    assert ended.status(date(2026, 12, 24)) == "ended"
    version = ContractVersion.objects.get(contract=contract)
    assert (version.valid.lower, version.valid.upper) == (TODAY, date(2026, 12, 24))


def test_cancelling_within_the_minimum_term_ends_it_with_the_term(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), version=offer_plan(term_months=24), now=now)
    assert ending.cancel_contract(by=user, contract=contract, now=now).ends_on == date(2028, 11, 24)


def test_a_contract_is_cancelled_once(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    ending.cancel_contract(by=user, contract=contract, now=now)
    with pytest.raises(AlreadyEnded):
        ending.cancel_contract(by=user, contract=contract, now=now)


def test_a_cancelled_contract_runs_until_its_last_day(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    ending.cancel_contract(by=user, contract=contract, now=now)
    assert holders.running_contracts(user, now + timedelta(days=29))
    assert not holders.running_contracts(user, now + timedelta(days=30))


def test_withdrawing_within_14_days_undoes_the_contract_today(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    contract = subscribed(user, car, now=now)
    undone = ending.withdraw_contract(by=user, contract=contract, declared_at=now + timedelta(days=14))
    assert undone.status(date(2026, 12, 8)) == "withdrawn"
    assert undone.ends_on == date(2026, 12, 8)
    later = now + timedelta(days=14)
    assert subscribed(user, car, now=later)  # the car is free for another one


def test_withdrawing_after_the_fourteenth_day_is_too_late(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    with pytest.raises(WithdrawalOver):
        ending.withdraw_contract(by=user, contract=contract, declared_at=now + timedelta(days=15))


def test_a_cancelled_contract_may_still_be_withdrawn_from(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    ending.cancel_contract(by=user, contract=contract, now=now)
    undone = ending.withdraw_contract(by=user, contract=contract, declared_at=now + timedelta(days=1))
    assert undone.ends_on == date(2026, 11, 25)


def test_a_contract_withdrawn_before_its_start_is_gone_at_once(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    contract = subscribed(user, car, now=now, starts_on=TODAY + timedelta(days=60))
    ending.withdraw_contract(by=user, contract=contract, declared_at=now)
    assert holders.running_contracts(user, now) == []
    assert not ContractVersion.objects.filter(contract=contract).exists()
    assert subscribed(user, car, now=now, starts_on=TODAY + timedelta(days=60))


def test_a_withdrawal_never_lengthens_a_cancelled_contract(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), version=offer_plan(notice_months=0), now=now)
    ending.cancel_contract(by=user, contract=contract, now=now + timedelta(days=1))
    undone = ending.withdraw_contract(by=user, contract=contract, declared_at=now + timedelta(days=5))
    assert undone.ends_on == TODAY + timedelta(days=1)
