"""Cancelling and withdrawing by declaration, without signing in."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from common.errors import Conflict
from subscriptions.contracts import declarations
from subscriptions.errors import AlreadyEnded, TooManyDeclarations
from subscriptions.models import Declaration, DeclarationAnswer
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import subscribed, wording
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db
CANCEL, WITHDRAW = Declaration.Kind.CANCEL, Declaration.Kind.WITHDRAW


def declare(now: datetime, *, kind: str = CANCEL, by: Any = None, **fields: Any) -> Declaration:
    origin = fields.pop("origin", "192.0.2.7")
    return declarations.declare(
        kind=kind, wording=wording(**fields), by=by, origin=origin, language="de", now=now
    )


def test_a_declaration_is_kept_with_its_time_whatever_it_matches(now: datetime) -> None:
    kept = declare(now, contract_hint="irgendein Vertrag")
    assert kept.received_at == now
    assert kept.contract is None
    assert list(Declaration.objects.open()) == [kept]


def test_the_receipt_is_mailed_at_once_with_content_date_and_time(now: datetime, deliver_outbox: Any) -> None:
    kept = declare(now, reason="Umzug nach Tromsø", wished_end=date(2026, 12, 31))
    deliver_outbox()
    (letter,) = mail.outbox
    assert letter.to == ["karla@example.org"]
    for words in (kept.code, "24.11.2026", "09:00", "Umzug nach Tromsø", "31.12.2026", "HH NL 512E"):
        assert words in f"{letter.subject} {letter.body}"


def test_a_guest_who_names_number_and_address_is_matched_and_waits_for_staff(now: datetime) -> None:
    user = UserFactory.create(email="mara@example.org")
    contract = subscribed(user, own(user), now=now)
    kept = declare(now, contract_hint=contract.code.lower(), email="Mara@Example.org")
    assert kept.contract == contract
    assert not DeclarationAnswer.objects.exists()
    contract.refresh_from_db()
    assert contract.ends_on is None


def test_a_number_with_another_address_matches_nothing(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    assert declare(now, contract_hint=contract.code).contract is None


def test_a_holder_who_is_signed_in_is_cancelled_at_once(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    kept = declare(now, by=user, contract_hint=contract.code)
    assert kept.answer.outcome == DeclarationAnswer.Outcome.CARRIED_OUT
    contract.refresh_from_db()
    assert contract.ends_on == date(2026, 12, 24)


def test_a_holder_who_is_signed_in_withdraws_at_once(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    declare(now, kind=WITHDRAW, by=user, contract_hint=contract.code, manner="")
    contract.refresh_from_db()
    assert contract.withdrawn_at == now


@pytest.mark.parametrize(
    "wish", [{"manner": "extraordinary", "reason": "Umzug"}, {"wished_end": date(2027, 5, 1)}]
)
def test_what_needs_a_person_waits_for_one(now: datetime, wish: dict[str, Any]) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    declare(now, by=user, contract_hint=contract.code, **wish)
    assert Declaration.objects.open().count() == 1


def test_a_withdrawal_that_comes_too_late_is_kept_and_not_carried_out(now: datetime) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    late = now + timedelta(days=20)
    declare(late, kind=WITHDRAW, by=user, contract_hint=contract.code, manner="")
    contract.refresh_from_db()
    assert contract.withdrawn_at is None
    assert Declaration.objects.open().count() == 1


def test_staff_carry_out_a_cancellation_from_the_day_it_was_received(now: datetime) -> None:
    user, desk = UserFactory.create(email="mara@example.org"), UserFactory.create(role="accountant")
    contract = subscribed(user, own(user), now=now)
    kept = declare(now, contract_hint=contract.code, email="mara@example.org")
    answer = declarations.answer_declaration(
        by=desk, declaration=kept, carry_out=True, note="", now=now + timedelta(days=9)
    )
    assert answer.by == desk
    contract.refresh_from_db()
    assert contract.ends_on == date(2026, 12, 24)


def test_staff_close_an_unmatched_declaration_with_a_note(now: datetime) -> None:
    desk = UserFactory.create(role="accountant")
    kept = declare(now)
    with pytest.raises(Conflict):
        declarations.answer_declaration(by=desk, declaration=kept, carry_out=True, note="", now=now)
    answer = declarations.answer_declaration(
        by=desk, declaration=kept, carry_out=False, note="Angerufen: anderer Anbieter.", now=now
    )
    assert answer.outcome == DeclarationAnswer.Outcome.CLARIFIED
    assert not Declaration.objects.open().exists()


def test_a_declaration_is_answered_once(now: datetime) -> None:
    desk = UserFactory.create(role="accountant")
    kept = declare(now)
    declarations.answer_declaration(by=desk, declaration=kept, carry_out=False, note="", now=now)
    with pytest.raises(Conflict):
        declarations.answer_declaration(by=desk, declaration=kept, carry_out=False, note="", now=now)


def test_a_contract_cancelled_meanwhile_leaves_the_declaration_open(now: datetime) -> None:
    user, desk = UserFactory.create(email="mara@example.org"), UserFactory.create(role="accountant")
    contract = subscribed(user, own(user), now=now)
    first = declare(now, contract_hint=contract.code, email="mara@example.org")
    second = declare(now, contract_hint=contract.code, email="mara@example.org")
    declarations.answer_declaration(by=desk, declaration=first, carry_out=True, note="", now=now)
    with pytest.raises(AlreadyEnded):
        declarations.answer_declaration(by=desk, declaration=second, carry_out=True, note="", now=now)
    assert list(Declaration.objects.open()) == [second]


def test_one_network_can_not_flood_the_desk(now: datetime) -> None:
    for _number in range(declarations.PER_HOUR):
        declare(now)
    with pytest.raises(TooManyDeclarations):
        declare(now)
    assert declare(now, origin="198.51.100.1")


def test_a_receipt_opens_only_with_its_token(now: datetime) -> None:
    kept = declare(now)
    assert declarations.declaration_of(declarations.receipt_token(kept)) == kept
    assert declarations.declaration_of(str(kept.pk)) is None


def test_the_receipt_says_carried_out_only_when_it_was(now: datetime, deliver_outbox: Any) -> None:
    user = UserFactory.create()
    contract = subscribed(user, own(user), now=now)
    declare(now, by=user, contract_hint=contract.code, email="holder@example.org")
    waiting = declare(now, email="guest@example.org")
    declarations.answer_declaration(
        by=UserFactory.create(role="accountant"), declaration=waiting, carry_out=False, note="", now=now
    )
    deliver_outbox()
    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "bereits ausgeführt" in letters["holder@example.org"]
    assert "bereits ausgeführt" not in letters["guest@example.org"]
