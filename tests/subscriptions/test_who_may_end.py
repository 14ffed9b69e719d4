"""Who may end a contract or answer a declaration: its holder, or staff at the desk; nobody else."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from common.errors import NotAllowed
from subscriptions.contracts import declarations, ending
from subscriptions.errors import ContractNotFound
from subscriptions.models import Contract, Declaration, DeclarationAnswer
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import subscribed, wording
from tests.factories.vehicles import own, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> User:
    return UserFactory.create(email="mara@example.org")


@pytest.fixture
def contract(holder: User, now: datetime) -> Contract:
    return subscribed(holder, own(holder), now=now)


def end(way: str, by: User, contract: Contract, now: datetime) -> Contract:
    if way == "cancel":
        return ending.cancel_contract(by=by, contract=contract, now=now)
    return ending.withdraw_contract(by=by, contract=contract, declared_at=now)


def driver_of(contract: Contract) -> User:
    """Shares the car, everything included."""
    person = UserFactory.create()
    assert contract.vehicle is not None
    share(contract.vehicle, person)
    return person


OTHERS: dict[str, Any] = {
    "a stranger": lambda _contract: UserFactory.create(),
    "who shares the car": driver_of,
    "a technician": lambda _contract: UserFactory.create(role="technician"),
    "a moderator": lambda _contract: UserFactory.create(role="moderator"),
}


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("way", ["cancel", "withdraw"])
def test_for_others_the_contract_does_not_exist(
    way: str, who: str, contract: Contract, now: datetime
) -> None:
    with pytest.raises(ContractNotFound):
        end(way, OTHERS[who](contract), contract, now)
    contract.refresh_from_db()
    assert (contract.cancelled_at, contract.withdrawn_at, contract.ends_on) == (None, None, None)


@pytest.mark.parametrize("role", ["advisor", "accountant", "administrator"])
@pytest.mark.parametrize("way", ["cancel", "withdraw"])
def test_staff_at_the_desk_end_it_for_the_holder(
    way: str, role: str, contract: Contract, now: datetime
) -> None:
    assert end(way, UserFactory.create(role=role), contract, now).ends_on is not None


@pytest.mark.parametrize("carry_out", [True, False])
@pytest.mark.parametrize("who", [*OTHERS, "its holder"])
def test_only_the_desk_answers_declarations(
    who: str, carry_out: bool, holder: User, contract: Contract, now: datetime
) -> None:
    kept = declarations.declare(
        kind=Declaration.Kind.CANCEL,
        wording=wording(contract_hint=contract.code, email=holder.email),
        by=None,
        origin="192.0.2.1",
        language="de",
        now=now,
    )
    person = holder if who == "its holder" else OTHERS[who](contract)
    with pytest.raises(NotAllowed):
        declarations.answer_declaration(by=person, declaration=kept, carry_out=carry_out, note="", now=now)
    assert not DeclarationAnswer.objects.exists()
    contract.refresh_from_db()
    assert contract.cancelled_at is None
