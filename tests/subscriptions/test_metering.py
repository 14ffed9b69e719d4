"""Reports of use: counted once, on the right contract and period, and refused in words."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from journal.models import Event
from subscriptions.models import Contract, Meter, UsageConflict, UsageRecord, UsageSource
from subscriptions.usage import metering, sources, unmatched
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own
from vehicles.models import Ownership, Vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(now: datetime) -> UsageSource:
    opened = sources.add_source(
        by=UserFactory.create(role="product"), code="swaps", name="Swap stations", now=now
    )
    return opened.source


@pytest.fixture
def contract(now: datetime) -> Contract:
    owner = UserFactory.create()
    car = own(owner)
    return subscribed(owner, car, now=now - timedelta(days=40))


def reading(contract: Contract, number: str = "a1", **other: Any) -> dict[str, Any]:
    return {
        "id": number,
        "unit": "swap",
        "quantity": "1",
        "used_at": "2026-11-20T10:00:00+01:00",
        "contract": contract.code,
    } | other


def meter_of(contract: Contract) -> Decimal:
    return sum((meter.used for meter in Meter.objects.filter(contract=contract)), Decimal(0))


def test_the_same_report_again_changes_nothing(source, contract, now) -> None:
    first = metering.report_usage(source=source, reports=[reading(contract)], now=now)
    again = metering.report_usage(source=source, reports=[reading(contract)], now=now)
    assert (first.accepted, again.accepted, again.repeated) == (1, 0, 1)
    assert meter_of(contract) == 1


def test_another_content_under_a_known_id_is_refused_and_shown(source, contract, now) -> None:
    metering.report_usage(source=source, reports=[reading(contract)], now=now)
    changed = metering.report_usage(source=source, reports=[reading(contract, quantity="2")], now=now)
    assert [(each.code, each.external_id) for each in changed.refused] == [("id_reused", "a1")]
    assert UsageConflict.objects.get().quantity == 2
    assert meter_of(contract) == 1


def test_one_bad_report_spoils_no_other(source, contract, now) -> None:
    batch = [
        reading(contract, "a"),
        "nonsense",
        reading(contract, "b", quantity="NaN"),
        reading(contract, "c"),
    ]
    outcome = metering.report_usage(source=source, reports=batch, now=now)
    assert (outcome.accepted, [each.place for each in outcome.refused]) == (2, [1, 2])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"quantity": "-1"}, "out_of_range"),
        ({"quantity": "NaN"}, "not_a_number"),
        ({"quantity": "Infinity"}, "not_a_number"),
        ({"quantity": "1e9"}, "out_of_range"),
        ({"quantity": True}, "not_a_number"),
        ({"quantity": None}, "not_a_number"),
        ({"used_at": "2026-11-24T09:10:00Z"}, "in_the_future"),
        ({"used_at": "2024-11-24T09:10:00Z"}, "too_old"),
        ({"used_at": "2026-11-20T10:00:00"}, "invalid"),
        ({"used_at": "0001-01-01T00:00:00+23:00"}, "invalid"),
        ({"unit": "furlong"}, "unknown_unit"),
        ({"id": ""}, "required"),
        ({"id": "x\x00"}, "invalid"),
        ({"id": "x" * 81}, "invalid"),
        ({"contract": ""}, "no_contract"),
        ({"form": "telegram"}, "unknown_form"),
    ],
)
def test_what_can_not_be_is_refused_by_name(source, contract, now, wrong, code) -> None:
    outcome = metering.report_usage(source=source, reports=[reading(contract) | wrong], now=now)
    assert [each.code for each in outcome.refused] == [code]
    assert not UsageRecord.objects.exists()


def test_a_swap_counts_itself_and_the_energy_gained(source, now) -> None:
    units = [
        {"unit": "swap", "included": 2, "overage_cents": 1000},
        {"unit": "kwh_difference", "included": 0, "overage_cents": 39},
    ]
    owner = UserFactory.create()
    car = own(owner)
    contract = subscribed(owner, car, now=now - timedelta(days=40), version=offer_plan(allowances=units))
    swap = {
        "form": "swap",
        "id": "s1",
        "used_at": "2026-11-20T09:00:00Z",
        "vin": car.vin,
        "energy_in_kwh": "20.5",
        "energy_out_kwh": "68",
    }
    assert metering.report_usage(source=source, reports=[swap], now=now).accepted == 2
    assert dict(Meter.objects.filter(contract=contract).values_list("unit", "used")) == {
        "swap": Decimal("1"),
        "kwh_difference": Decimal("47.5"),
    }


def test_a_correction_counts_the_difference_once(source, contract, now) -> None:
    metering.report_usage(source=source, reports=[reading(contract, quantity="3")], now=now)
    right = {"id": "a1-fix", "corrects": "a1", "quantity": "1", "used_at": "2026-11-21T10:00:00Z"}
    for _time in range(2):
        metering.report_usage(source=source, reports=[right], now=now)
    assert meter_of(contract) == 1
    assert UsageRecord.objects.get(external_id="a1-fix").quantity == -2


def test_a_correction_of_nothing_is_refused(source, now) -> None:
    wrong = {"id": "x", "corrects": "never", "quantity": "1", "used_at": "2026-11-21T10:00:00Z"}
    outcome = metering.report_usage(source=source, reports=[wrong], now=now)
    assert [each.code for each in outcome.refused] == ["not_found"]


def test_the_period_runs_from_the_first_day_of_the_contract(source, contract, now) -> None:
    """The contract began on 15 October; at midnight in Berlin a new period begins."""
    batch = [
        reading(contract, "before", used_at="2026-11-14T22:59:59Z"),
        reading(contract, "after", used_at="2026-11-14T23:00:00Z"),
    ]
    metering.report_usage(source=source, reports=batch, now=now)
    assert sorted(meter.period.lower.isoformat() for meter in Meter.objects.all()) == [
        "2026-10-15",
        "2026-11-15",
    ]


def test_after_a_sale_the_seller_bears_no_more(source, contract, now) -> None:
    sold_at = datetime.fromisoformat("2026-11-20T12:00:00+01:00")
    owned = Ownership.objects.get(vehicle=contract.vehicle)
    owned.period = (owned.period.lower, sold_at)
    owned.save()
    by_car = {"contract": "", "vin": Vehicle.objects.get(pk=contract.vehicle_id).vin}
    batch = [
        reading(contract, "mine", used_at="2026-11-20T10:59:59Z") | by_car,
        reading(contract, "theirs", used_at="2026-11-20T11:00:00Z") | by_car,
    ]
    outcome = metering.report_usage(source=source, reports=batch, now=now)
    assert (outcome.accepted, outcome.unmatched) == (2, 1)
    assert UsageRecord.objects.get(external_id="theirs").contract is None


def test_staff_assign_what_nobody_bore(source, contract, now) -> None:
    metering.report_usage(source=source, reports=[reading(contract) | {"contract": "NL-0000-00"}], now=now)
    record = UsageRecord.objects.get()
    unmatched.assign_record(
        by=UserFactory.create(role="advisor"), record=record, contract_number=contract.code, now=now
    )
    record.refresh_from_db()
    assert (record.contract, meter_of(contract)) == (contract, 1)


def test_four_fifths_and_all_are_told_once_each(source, contract, now) -> None:
    for number, quantity in enumerate(["1", "0.6", "0.1", "0.5", "1"]):
        report = reading(contract, f"r{number}", quantity=quantity)
        metering.report_usage(source=source, reports=[report], now=now)
    told = Event.objects.filter(kind="subscriptions.allowance_used").order_by("id")
    assert [event.data["percent"] for event in told] == [80, 100]


def test_a_record_stays_as_it_was_reported(source, contract, now) -> None:
    metering.report_usage(source=source, reports=[reading(contract)], now=now)
    for words in (
        "UPDATE subscriptions_usagerecord SET quantity = 9",
        "DELETE FROM subscriptions_usagerecord",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)


def test_the_key_opens_one_source_until_it_is_renewed(now) -> None:
    admin = UserFactory.create(role="product")
    opened = sources.add_source(by=admin, code="s", name="S", now=now)
    assert sources.source_of(opened.key) == opened.source
    renewed = sources.renew_key(by=admin, source=opened.source, now=now)
    assert sources.source_of(opened.key) is None
    assert sources.source_of(renewed.key) == opened.source
    sources.close_source(by=admin, source=opened.source, now=now)
    assert sources.source_of(renewed.key) is None
