"""Usage under concurrency: each report counted once, no right promised twice."""

from datetime import timedelta

import pytest

from subscriptions.models import Meter
from subscriptions.usage import entitlements, metering, sources
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own
from tests.subscriptions.test_entitlements import ONE, TWO_AND_NO_MORE, contract_with
from tests.subscriptions.test_metering import meter_of, reading

pytestmark = pytest.mark.usefixtures("committing_db")


def test_batches_side_by_side_count_each_report_once(race, now) -> None:
    owner = UserFactory.create()
    contract = subscribed(owner, own(owner), now=now - timedelta(days=40))
    source = sources.add_source(by=UserFactory.create(role="product"), code="s", name="S", now=now).source
    batch = [reading(contract, f"r{number}") for number in range(50)]
    turned = batch[::-1]
    calls = [
        lambda reports=reports: metering.report_usage(source=source, reports=reports, now=now)
        for reports in (batch, turned, batch, turned)
    ]
    outcomes = race(calls)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert sum(each.accepted for each in outcomes) == 50
    assert meter_of(contract) == 50


def test_ten_at_once_share_two_rights(race, now) -> None:
    contract = contract_with(TWO_AND_NO_MORE, now)
    calls = [
        lambda key=f"k{number}": entitlements.reserve(
            key=key, vehicle=contract.vehicle, unit="swap", quantity=ONE, now=now
        )
        for number in range(10)
    ]
    outcomes = race(calls)
    lost = [each for each in outcomes if isinstance(each, entitlements.NothingLeft)]
    assert (len(lost), len([each for each in outcomes if isinstance(each, Exception)])) == (8, 8)
    assert Meter.objects.get().reserved == 2
