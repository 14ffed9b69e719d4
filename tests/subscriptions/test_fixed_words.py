"""What was published, agreed or declared can't be changed, even by SQL as the application's role."""

from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from subscriptions.contracts import declarations, ending
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed, wording
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


@pytest.fixture
def everything(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    declarations.declare(
        kind="cancel",
        wording=wording(contract_hint=contract.code),
        by=user,
        origin="192.0.2.7",
        language="de",
        now=now,
    )


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subscriptions_planversion SET price_cents = 1",
        "UPDATE subscriptions_planversion SET published_at = NULL",
        "DELETE FROM subscriptions_planversion",
        "UPDATE subscriptions_contract SET offer_text = 'anders'",
        "UPDATE subscriptions_contract SET holder_id = holder_id + 1",
        "UPDATE subscriptions_contract SET starts_on = starts_on + 1",
        "DELETE FROM subscriptions_contract",
        "UPDATE subscriptions_declaration SET received_at = received_at + interval '1 day'",
        "DELETE FROM subscriptions_declaration",
        "TRUNCATE subscriptions_contract CASCADE",
        "TRUNCATE subscriptions_declaration CASCADE",
        "TRUNCATE subscriptions_planversion CASCADE",
    ],
)
def test_the_database_refuses(statement: str) -> None:
    assert refused(statement)


def test_a_draft_may_still_be_changed() -> None:
    draft = offer_plan(published_at=None)
    draft.price_cents = 149_00
    draft.save()
    draft.delete()


def test_only_the_end_of_a_contract_is_set(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    ending.cancel_contract(by=user, contract=contract, now=now)
    contract.refresh_from_db()
    assert contract.cancelled_at == now


@pytest.mark.parametrize(
    "allowances",
    [
        {"unit": "swap", "included": 2},
        [{"unit": "swap"}],
        [{"unit": "beer", "included": 2}],
        [{"unit": "swap", "included": -2}],
        [{"unit": "swap", "included": "viele"}],
        [{"unit": "swap", "included": 2, "overage_cents": 10.5}],
        [{"unit": "swap", "included": 2, "colour": "green"}],
        [{"unit": "kwh_difference", "included": 0}],
        ["swap"],
    ],
)
def test_the_database_refuses_allowances_that_nobody_could_bill(allowances: object) -> None:
    with pytest.raises(IntegrityError, match="plan_version_allowances_sound"), transaction.atomic():
        offer_plan(allowances=allowances)
