"""Concluding a contract: by the owner, at the shown terms, once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from psycopg.types.range import Range

from accounts.models import Notice
from journal.models import Event
from subscriptions.contracts import ending, holders, offers
from subscriptions.errors import (
    AlreadySubscribed,
    OfferChanged,
    StartInvalid,
    VehicleMissing,
    VehicleNotOwned,
)
from subscriptions.models import Contract, ContractVersion, Plan
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import PlanVersionFactory, offer_plan, subscribed
from tests.factories.vehicles import own, share

pytestmark = pytest.mark.django_db
BERLIN_TODAY = date(2026, 11, 24)


def test_an_owner_subscribes_to_a_battery_from_today(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    contract = subscribed(user, car, now=now)
    assert contract.starts_on == BERLIN_TODAY
    assert contract.ends_on is None
    assert contract.status(BERLIN_TODAY) == "active"
    assert [each.code for each in holders.running_contracts(user, now)] == [contract.code]


def test_the_contract_keeps_the_offer_as_it_was_shown(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user, plate="HH NL 512E")
    contract = subscribed(user, car, now=now)
    for words in (
        "169,00\N{NO-BREAK SPACE}€",
        "19\N{NO-BREAK SPACE}%",
        "HH NL 512E",
        "24.11.2026",
        "14\N{NO-BREAK SPACE}Tagen",
        "Nordlicht",
    ):
        assert words in contract.offer_text
    offer = offers.render_offer(
        plan_version=contract.plan_version, vehicle=car, starts_on=BERLIN_TODAY, language="de"
    )
    assert (contract.offer_text, contract.offer_hash) == (offer.text, offer.hash)


def test_the_confirmation_with_all_terms_is_mailed_at_once(now: datetime, deliver_outbox: Any) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    deliver_outbox()
    (letter,) = mail.outbox
    assert letter.to == [user.email]
    assert contract.code in letter.subject
    for line in contract.offer_text.splitlines():
        assert line in letter.body


def test_the_journal_and_the_inbox_know_of_the_order(now: datetime, run_reactions: Any) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    run_reactions()
    event = Event.objects.get(kind="subscriptions.ordered")
    assert event.subject.object_id == contract.pk
    assert event.data["code"] == contract.code
    assert Notice.objects.filter(user=user, kind="subscriptions.ordered").exists()


def test_nobody_subscribes_for_a_car_of_somebody_else(now: datetime) -> None:
    car = own(UserFactory.create())
    with pytest.raises(VehicleNotOwned):
        subscribed(UserFactory.create(), car, now=now)
    assert not Contract.objects.exists()


def test_a_shared_driver_does_not_subscribe_for_the_owner(now: datetime) -> None:
    car = own(UserFactory.create())
    driver = UserFactory.create()
    share(car, driver)
    with pytest.raises(VehicleNotOwned):
        subscribed(driver, car, now=now)


def test_a_battery_plan_needs_a_car(now: datetime) -> None:
    with pytest.raises(VehicleMissing):
        subscribed(UserFactory.create(), None, now=now)


def test_a_charging_plan_follows_the_person_and_needs_no_car(now: datetime) -> None:
    user = UserFactory.create()
    version = offer_plan(plan={"kind": Plan.Kind.CHARGING, "code": "charging"})
    assert subscribed(user, None, version=version, now=now).vehicle is None


def test_one_car_has_one_battery_contract_at_a_time(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    subscribed(user, car, now=now)
    with pytest.raises(AlreadySubscribed):
        subscribed(user, car, now=now)  # of another plan


def test_the_same_plan_is_not_taken_twice_at_once(now: datetime) -> None:
    user = UserFactory.create()
    version = offer_plan(plan={"kind": Plan.Kind.CHARGING, "code": "charging"})
    subscribed(user, None, version=version, now=now)
    with pytest.raises(AlreadySubscribed):
        subscribed(user, None, version=version, now=now)


def test_a_battery_contract_may_follow_on_the_day_the_other_ends(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    first = subscribed(user, car, now=now)
    end = ending.cancel_contract(by=user, contract=first, now=now).ends_on
    assert end is not None
    with pytest.raises(AlreadySubscribed):
        subscribed(user, car, now=now, starts_on=end - timedelta(days=1))
    assert subscribed(user, car, now=now, starts_on=end).starts_on == end


def test_the_database_itself_refuses_a_second_battery_on_one_day(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    contract = subscribed(user, car, now=now)
    other = subscribed(user, own(user), now=now)
    with pytest.raises(IntegrityError, match="one_battery_contract_per_car_and_day"), transaction.atomic():
        ContractVersion.objects.create(
            contract=other,
            plan_version=contract.plan_version,
            vehicle=car,
            kind=Plan.Kind.BATTERY,
            valid=Range(date(2030, 1, 1), date(2030, 1, 2), "[)"),
        )


def test_a_price_that_changed_since_it_was_shown_is_refused(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    seen = offer_plan()
    PlanVersionFactory.create(plan=seen.plan, number=99, price_cents=189_00, valid_from=BERLIN_TODAY)
    with pytest.raises(OfferChanged):
        subscribed(user, car, version=seen, now=now)
    assert not Contract.objects.exists()


def test_a_price_of_tomorrow_does_not_disturb_the_order_of_today(now: datetime) -> None:
    user = UserFactory.create()
    seen = offer_plan()
    PlanVersionFactory.create(plan=seen.plan, number=99, price_cents=189_00, valid_from=date(2026, 11, 25))
    contract = subscribed(user, own(user), version=seen, now=now)
    assert contract.plan_version.price_cents == 169_00


def test_an_offer_other_than_the_shown_one_is_refused(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    with pytest.raises(OfferChanged):
        subscribed(user, car, now=now, offer_hash="0" * 64)


def test_a_draft_and_a_withdrawn_plan_can_not_be_ordered(now: datetime) -> None:
    user = UserFactory.create()
    car = own(user)
    for version in (offer_plan(published_at=None), offer_plan(plan={"is_offered": False})):
        with pytest.raises(OfferChanged):
            subscribed(user, car, version=version, now=now)


@pytest.mark.parametrize("start", [date(2026, 11, 23), date(2027, 11, 24)])
def test_a_start_in_the_past_or_far_ahead_is_refused(now: datetime, start: date) -> None:
    user = UserFactory.create()
    with pytest.raises(StartInvalid):
        subscribed(user, own(user), now=now, starts_on=start)


def test_just_after_midnight_in_berlin_today_is_the_new_day() -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert contract.starts_on == date(2026, 11, 25)


@pytest.mark.parametrize("count", [1, 6])
def test_running_contracts_are_one_query(now: datetime, count: int, django_assert_num_queries: Any) -> None:
    user = UserFactory.create()
    for _number in range(count):
        subscribed(user, own(user), now=now)
    with django_assert_num_queries(1):
        found = holders.running_contracts(user, now)
        assert [(each.plan.name, str(each.vehicle), each.plan_version.price_cents) for each in found]
    assert len(found) == count
