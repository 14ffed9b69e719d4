"""Contracts of an organisation: who concludes and ends them, net prices, no rights of consumers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.organisations.errors import OrganisationNotFound
from common import civil
from common.money import net_of
from subscriptions.contracts import declarations, ending, offers, ordering
from subscriptions.errors import AlreadySubscribed, ContractNotFound, HolderMismatch, NoConsumer
from subscriptions.models import Contract, Declaration, Plan
from tests.factories.accounts import UserFactory, company, member
from tests.factories.subscriptions import offer_plan
from tests.factories.vehicles import own, own_for

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return UserFactory.create(language="de")


@pytest.fixture
def acme(boss: User) -> Any:
    return company(boss, name="ACME GmbH", vat_id="DE136695976")


def order(by: User, acme: Any, car: Any, version: Any = None) -> Contract:
    return ordering.subscribe(
        by=by, plan_version=version or offer_plan(), vehicle=car, organisation=acme, now=NOW
    )


def test_a_contract_has_exactly_one_holder(boss: User, acme: Any) -> None:
    contract = order(boss, acme, own_for(acme))
    assert (contract.holder, contract.organisation) == (None, acme)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(holder=boss)


def test_those_who_run_the_organisation_see_its_contracts_and_drivers_do_not(boss: User, acme: Any) -> None:
    contract = order(boss, acme, own_for(acme))
    for person, sees in ((boss, True), (member(acme, "fleet"), True), (member(acme), False)):
        assert Contract.objects.visible_to(person).filter(pk=contract.pk).exists() == sees
    assert not Contract.objects.visible_to(UserFactory.create()).exists()


def test_drivers_and_strangers_conclude_nothing_in_its_name(acme: Any) -> None:
    car, version = own_for(acme), offer_plan(plan={"kind": Plan.Kind.CHARGING})
    for person in (member(acme), UserFactory.create()):
        with pytest.raises(OrganisationNotFound):
            ordering.subscribe(by=person, plan_version=version, vehicle=None, organisation=acme, now=NOW)
    assert not Contract.objects.exists()
    assert car


def test_the_contract_of_a_car_is_concluded_by_whoever_owns_the_car(boss: User, acme: Any) -> None:
    version = offer_plan()
    with pytest.raises(HolderMismatch):
        ordering.subscribe(by=boss, plan_version=version, vehicle=own_for(acme), now=NOW)
    with pytest.raises(HolderMismatch):
        order(boss, acme, own(boss), version)


def test_an_organisation_reads_net_prices_and_nothing_of_withdrawal(boss: User, acme: Any) -> None:
    contract = order(boss, acme, own_for(acme), offer_plan(price_cents=169_00))
    assert "ACME GmbH, DE136695976" in contract.offer_text
    assert "142,02\N{NO-BREAK SPACE}€" in contract.offer_text
    assert "26,98\N{NO-BREAK SPACE}€" in contract.offer_text
    assert "169,00" not in contract.offer_text
    assert "Widerruf" not in contract.offer_text
    assert contract.net_cents == 142_02


def test_a_consumer_reads_the_total_and_the_right_to_withdraw(boss: User) -> None:
    offer = offers.render_offer(
        plan_version=offer_plan(price_cents=169_00),
        vehicle=own(boss),
        starts_on=date(2026, 12, 1),
        language="de",
    )
    assert "169,00\N{NO-BREAK SPACE}€" in offer.text
    assert "Widerruf" in offer.text


@pytest.mark.parametrize(
    ("gross", "rate", "net"),
    [(169_00, "0.190", 142_02), (1, "0.190", 1), (0, "0.190", 0), (107, "0.070", 100)],
)
def test_the_net_price_is_rounded_once(gross: int, rate: str, net: int) -> None:
    assert net_of(gross, Decimal(rate)) == net


def test_an_organisation_cancels_but_does_not_withdraw(boss: User, acme: Any) -> None:
    contract = order(boss, acme, own_for(acme))
    assert not ending.may_withdraw(contract, NOW)
    with pytest.raises(NoConsumer):
        ending.withdraw_contract(by=boss, contract=contract, declared_at=NOW)
    with pytest.raises(ContractNotFound):
        ending.cancel_contract(by=member(acme), contract=contract, now=NOW)
    assert ending.cancel_contract(by=member(acme, "fleet"), contract=contract, now=NOW).cancelled_at


def test_a_declaration_by_those_who_run_it_is_carried_out_at_once(boss: User, acme: Any) -> None:
    contract = order(boss, acme, own_for(acme))
    wording = declarations.Wording(name="B", email="b@example.org", contract_hint=contract.code)
    declarations.declare(
        kind=Declaration.Kind.CANCEL, wording=wording, by=boss, origin="::1", language="de", now=NOW
    )
    contract.refresh_from_db()
    assert contract.cancelled_at == NOW


def test_the_same_plan_is_not_taken_twice_but_by_different_holders(boss: User, acme: Any) -> None:
    version = offer_plan(plan={"kind": Plan.Kind.CHARGING})
    order(boss, acme, None, version)
    with pytest.raises(AlreadySubscribed):
        order(member(acme, "fleet"), acme, None, version)
    ordering.subscribe(by=boss, plan_version=version, vehicle=None, now=NOW)
    assert Contract.objects.count() == 2


def test_everybody_who_runs_it_is_told_and_the_terms_go_to_whoever_ordered(
    boss: User, acme: Any, run_reactions: Any, deliver_outbox: Any, mailoutbox: Any
) -> None:
    manager = member(acme, "fleet")
    order(manager, acme, own_for(acme))
    run_reactions()
    deliver_outbox()
    told = set(Notice.objects.filter(kind="subscriptions.ordered").values_list("user", flat=True))
    assert told == {boss.pk, manager.pk}
    terms = [mail for mail in mailoutbox if "ACME GmbH" in mail.body]
    assert [mail.to for mail in terms] == [[manager.email]]
    assert "Widerruf" not in terms[0].body


def test_the_order_page_asks_for_the_holder_and_says_what_is_wrong(boss: User, acme: Any) -> None:
    car, version = own_for(acme), offer_plan()
    client = Client()
    client.force_login(boss)
    url = reverse("subscriptions:contract-order", args=[version.plan.code])
    first = client.get(url, {"vehicle": car.pk})
    assert first.context["form"].initial["organisation"] == acme.pk
    asked: Any = {"vehicle": car.pk, "starts_on": "2027-01-10", "organisation": ""}
    today = {**asked, "starts_on": f"{civil.local_date(timezone.now()):%Y-%m-%d}"}
    wrong = client.get(url, today)
    assert wrong.status_code == 422
    assert "ACME GmbH" in wrong.context["form"].errors["organisation"][0]
    review = client.get(url, {**today, "organisation": acme.pk})
    assert review.status_code == 200
    hidden = {field.html_name: field.value() for field in review.context["form"].hidden_fields()}
    hidden["plan_version"], hidden["vehicle"] = version.pk, car.pk
    hidden["organisation"], hidden["starts_on"] = acme.pk, today["starts_on"]
    answer = client.post(url, hidden)
    assert answer.status_code == 302, answer.content
    assert Contract.objects.get().organisation == acme


def test_people_without_an_organisation_are_not_asked(boss: User) -> None:
    version, client = offer_plan(), Client()
    own(boss)
    client.force_login(boss)
    page = client.get(reverse("subscriptions:contract-order", args=[version.plan.code]))
    assert "organisation" not in page.context["form"].fields
