"""Changes of a contract: up at once, down with the next period, larger for a while, paused, taken back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from psycopg.types.range import Range

from accounts.models import Notice, User
from common.errors import Invalid
from subscriptions.contracts import changes
from subscriptions.contracts.change_rules import Wish
from subscriptions.errors import ChangeImpossible, ContractNotFound, OfferChanged
from subscriptions.models import Contract, ContractChange, ContractVersion, PlanVersion
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
NEXT = date(2026, 12, 24)


def small() -> PlanVersion:
    return offer_plan(price_cents=169_00)


def large(**more: Any) -> PlanVersion:
    return offer_plan(price_cents=289_00, **{"flex_day_cents": 12_00, "flex_cap_cents": 220_00, **more})


@pytest.fixture
def user() -> User:
    return UserFactory.create()


@pytest.fixture
def contract(user: User, now: datetime) -> Contract:
    return subscribed(user, own(user), now=now, version=small())


def change(contract: Contract, wish: Wish, now: datetime) -> ContractChange:
    by = contract.holder
    assert by is not None
    seen = changes.preview_change(contract=contract, wish=wish, now=now)
    return changes.change_contract(by=by, contract=contract, wish=wish, offer_hash=seen.hash, now=now)


def switch(contract: Contract, version: PlanVersion, now: datetime) -> ContractChange:
    return change(contract, Wish("switch", version), now)


def rows(contract: Contract) -> list[tuple[date, date | None, int, bool, bool]]:
    found = ContractVersion.objects.filter(contract=contract).order_by("valid")
    return [(r.valid.lower, r.valid.upper, r.plan_version_id, r.paused, r.flex) for r in found]


def test_an_upgrade_holds_from_today(contract: Contract, now: datetime) -> None:
    later = now + timedelta(days=10)
    version = large()
    assert switch(contract, version, later).kind == "upgrade"
    day = date(2026, 12, 4)
    assert rows(contract) == [
        (TODAY, day, contract.plan_version_id, False, False),
        (day, None, version.pk, False, False),
    ]


def test_the_preview_says_what_an_upgrade_costs_now_and_next(contract: Contract, now: datetime) -> None:
    seen = changes.preview_change(
        contract=contract, wish=Wish("switch", large()), now=now + timedelta(days=10)
    )
    # 24 November to 23 December are 30 days; 10 are gone: 289 € · 20/30 − 169 € · 20/30 = 80 €.
    assert seen.costs == (80_00, 289_00, NEXT, False)
    assert "80,00\N{NO-BREAK SPACE}€ mehr" in seen.text
    assert "04.12.2026" in seen.text
    assert not ContractChange.objects.exists()


def test_a_downgrade_waits_for_the_next_period_and_costs_nothing_now(user: User, now: datetime) -> None:
    contract = subscribed(user, own(user), now=now, version=large())
    version = small()
    seen = changes.preview_change(contract=contract, wish=Wish("switch", version), now=now)
    assert (seen.costs.today_cents, seen.costs.next_cents) == (0, 169_00)
    assert switch(contract, version, now).kind == "downgrade"
    assert [row[:3] for row in rows(contract)] == [
        (TODAY, NEXT, contract.plan_version_id),
        (NEXT, None, version.pk),
    ]


def test_a_downgrade_waits_for_the_end_of_the_minimum_term(user: User, now: datetime) -> None:
    contract = subscribed(user, own(user), now=now, version=large(term_months=12))
    assert switch(contract, small(), now).starts_on == date(2027, 11, 24)


def test_a_downgrade_is_taken_back_before_it_begins(user: User, now: datetime) -> None:
    contract = subscribed(user, own(user), now=now, version=large())
    row = switch(contract, small(), now)
    changes.take_back(by=user, change=row, now=now)
    assert rows(contract) == [(TODAY, None, contract.plan_version_id, False, False)]
    with pytest.raises(ChangeImpossible):
        changes.take_back(by=user, change=row, now=now)


def test_what_has_begun_is_not_taken_back(contract: Contract, user: User, now: datetime) -> None:
    row = switch(contract, large(), now)
    with pytest.raises(ChangeImpossible):
        changes.take_back(by=user, change=row, now=now)


def test_down_up_down_on_one_day_costs_no_day_twice(user: User, now: datetime) -> None:
    big, little = large(), small()
    contract = subscribed(user, own(user), now=now, version=big)
    huge = offer_plan(price_cents=400_00)
    for version in (little, huge, little):
        switch(contract, version, now)
    assert [row[:3] for row in rows(contract)] == [(TODAY, NEXT, huge.pk), (NEXT, None, little.pk)]
    assert ContractChange.objects.filter(contract=contract, undone_at__isnull=True).count() == 2


def test_a_flex_upgrade_goes_back_by_itself(contract: Contract, now: datetime) -> None:
    version = large()
    wish = Wish("flex", version, starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 29))
    seen = changes.preview_change(contract=contract, wish=wish, now=now)
    assert (seen.costs.today_cents, seen.costs.next_cents) == (36_00, 169_00)
    change(contract, wish, now)
    assert rows(contract) == [
        (TODAY, date(2026, 11, 26), contract.plan_version_id, False, False),
        (date(2026, 11, 26), date(2026, 11, 29), version.pk, False, True),
        (date(2026, 11, 29), None, contract.plan_version_id, False, False),
    ]


def test_a_flex_upgrade_costs_at_most_its_cap(contract: Contract, now: datetime) -> None:
    wish = Wish("flex", large(), starts_on=TODAY, ends_on=TODAY + timedelta(days=30))
    seen = changes.preview_change(contract=contract, wish=wish, now=now)
    assert seen.costs.today_cents == 220_00


@pytest.mark.parametrize(("first", "days"), [(0, 32), (0, 0), (61, 3), (-1, 3)])
def test_a_flex_upgrade_has_sensible_days(contract: Contract, now: datetime, first: int, days: int) -> None:
    day = TODAY + timedelta(days=first)
    with pytest.raises(Invalid):
        change(contract, Wish("flex", large(), day, day + timedelta(days=days)), now)


def test_two_flex_upgrades_do_not_overlap(contract: Contract, now: datetime) -> None:
    version = large()
    change(contract, Wish("flex", version, TODAY, TODAY + timedelta(days=5)), now)
    with pytest.raises(ChangeImpossible):
        change(contract, Wish("flex", version, TODAY + timedelta(days=4), TODAY + timedelta(days=6)), now)
    change(contract, Wish("flex", version, TODAY + timedelta(days=5), TODAY + timedelta(days=6)), now)


def test_an_upgrade_ends_a_flex_upgrade(contract: Contract, now: datetime) -> None:
    version = large()
    change(contract, Wish("flex", version, TODAY, TODAY + timedelta(days=10)), now)
    switch(contract, version, now + timedelta(days=4))
    day = TODAY + timedelta(days=4)
    assert rows(contract)[-2:] == [
        (TODAY, day, version.pk, False, True),
        (day, None, version.pk, False, False),
    ]


def test_a_comfort_plan_is_paused_and_resumed(user: User, now: datetime) -> None:
    version = offer_plan(plan={"kind": "charging"}, price_cents=45_00)
    contract = subscribed(user, None, now=now, version=version)
    first, until = TODAY + timedelta(days=1), date(2027, 1, 24)
    seen = changes.preview_change(contract=contract, wish=Wish("pause", None, first, until), now=now)
    assert seen.costs[:2] == (-43_50, 0)
    change(contract, Wish("pause", None, first, until), now)
    assert rows(contract)[1] == (first, until, version.pk, True, False)
    back = now + timedelta(days=7)
    change(contract, Wish("resume"), back)
    assert rows(contract)[1] == (first, date(2026, 12, 1), version.pk, True, False)
    with pytest.raises(ChangeImpossible):
        change(contract, Wish("resume"), back)


def test_a_battery_is_never_paused(contract: Contract, now: datetime) -> None:
    with pytest.raises(ChangeImpossible):
        change(contract, Wish("pause", None, NEXT, date(2027, 1, 1)), now)


def test_nothing_is_agreed_but_what_was_shown(contract: Contract, user: User, now: datetime) -> None:
    version = large()
    seen = changes.preview_change(contract=contract, wish=Wish("switch", version), now=now)
    with pytest.raises(OfferChanged):  # a day later it costs another amount
        changes.change_contract(
            by=user,
            contract=contract,
            wish=Wish("switch", version),
            offer_hash=seen.hash,
            now=now + timedelta(days=1),
        )


def test_strangers_change_nothing(contract: Contract, now: datetime) -> None:
    with pytest.raises(ContractNotFound):
        changes.change_contract(
            by=UserFactory.create(),
            contract=contract,
            wish=Wish("switch", large()),
            offer_hash=None,
            now=now,
        )


def test_a_contract_that_is_over_does_not_change(contract: Contract, now: datetime) -> None:
    contract.ends_on = TODAY
    with pytest.raises(ChangeImpossible):
        changes.preview_change(contract=contract, wish=Wish("switch", large()), now=now)


def test_the_words_agreed_to_come_by_mail(
    contract: Contract, now: datetime, deliver_outbox: Callable[[], int]
) -> None:
    row = switch(contract, large(), now)
    deliver_outbox()
    letter = mail.outbox[-1]
    assert contract.code in letter.subject
    for line in row.offer_text.splitlines():
        assert line in letter.body


def test_the_database_keeps_what_was_agreed(contract: Contract, now: datetime) -> None:
    row = switch(contract, large(), now)
    for tried in ({"offer_text": "x"}, {"starts_on": NEXT}, {"kind": "pause"}):
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            ContractChange.objects.filter(pk=row.pk).update(**tried)
    with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
        ContractChange.objects.filter(pk=row.pk).delete()
    assert Range(TODAY, None, "[)") == ContractVersion.objects.get(contract=contract).valid


def test_the_inbox_says_from_which_day_a_change_holds(
    user: User, now: datetime, run_reactions: Callable[[], None]
) -> None:
    big = subscribed(user, own(user), now=now, version=large())
    switch(big, small(), now)
    run_reactions()
    told = Notice.objects.get(user=user, kind="subscriptions.changed")
    assert told.params == {"code": big.code, "starts_on": "24.12.2026"}
