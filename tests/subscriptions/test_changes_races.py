"""Who changes a contract at the same moment: one wins, the others read a clean refusal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from subscriptions.contracts import changes
from subscriptions.contracts.change_rules import Wish
from subscriptions.errors import OfferChanged
from subscriptions.models import ContractChange
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own


@pytest.mark.usefixtures("committing_db")
def test_of_eight_racing_switches_one_wins(now: datetime, race: Callable[..., list[Any]]) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now, version=offer_plan(price_cents=100_00))
    wishes = [Wish("switch", offer_plan(price_cents=(200 + n) * 100)) for n in range(8)]
    seen = [changes.preview_change(contract=contract, wish=wish, now=now).hash for wish in wishes]

    def switch(number: int) -> Callable[[], Any]:
        return lambda: changes.change_contract(
            by=user, contract=contract, wish=wishes[number], offer_hash=seen[number], now=now
        )

    answers = race([switch(n) for n in range(8)])
    refused = [each for each in answers if not isinstance(each, ContractChange)]
    assert len(refused) == 7
    assert {type(each) for each in refused} == {OfferChanged}
    assert ContractChange.objects.filter(contract=contract).count() == 1
