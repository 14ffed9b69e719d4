"""A contract passes to the next keeper together with its car."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Notice, User
from common.errors import DomainError, NotFound
from subscriptions.contracts import ending, takeovers
from subscriptions.errors import ContractNotFound, OfferChanged
from subscriptions.models import Contract, ContractVersion, PackSettlement, Takeover
from tests.factories.accounts import UserFactory
from tests.factories.packs import pack_in
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own
from vehicles import transfers
from vehicles.models import Vehicle

TODAY = date(2026, 11, 24)


def sold(now: datetime) -> tuple[User, User, Vehicle, Contract, Takeover]:
    """A car on its way to its buyer, with the contract since ten days before."""
    seller, buyer = UserFactory.create(), UserFactory.create()
    car = own(seller)
    pack_in(car, now=now)
    contract = subscribed(seller, car, now=now - timedelta(days=10))
    transfers.offer_transfer(by=seller, vehicle=car, email=str(buyer.email), now=now)
    return seller, buyer, car, contract, takeovers.offer_takeover(by=seller, contract=contract, now=now)


def accept(buyer: User, takeover: Takeover, now: datetime) -> Contract:
    offer = takeovers.render_terms(takeover=takeover, by=buyer, organisation=None, now=now)
    return takeovers.accept_takeover(by=buyer, takeover=takeover, offer_hash=offer.hash, now=now)


@pytest.mark.django_db
def test_car_and_contract_pass_at_one_instant(now: datetime) -> None:
    _seller, buyer, car, old, takeover = sold(now)
    new = accept(buyer, takeover, now)
    old.refresh_from_db()
    takeover.refresh_from_db()
    assert Vehicle.objects.owned_by(buyer, now).get() == car
    assert (old.ends_on, new.starts_on, new.holder) == (TODAY, TODAY, buyer)
    assert takeover.cut_off == car.ownerships.get(period__upper_inf=True).period.lower
    days = ContractVersion.objects.filter(vehicle=car).order_by("valid")
    assert [(each.valid.lower, each.valid.upper) for each in days] == [
        (TODAY - timedelta(days=10), TODAY),
        (TODAY, None),
    ]


@pytest.mark.django_db
def test_the_pack_goes_on_under_the_buyers_contract(now: datetime) -> None:
    _seller, buyer, _car, old, takeover = sold(now)
    accept(buyer, takeover, now)
    assert PackSettlement.objects.get(contract=old).manner == "taken_over"


@pytest.mark.django_db
def test_a_taken_over_contract_leaves_no_pack_to_settle(
    now: datetime, run_reactions: Callable[[], int]
) -> None:
    _seller, buyer, _car, _old, takeover = sold(now)
    accept(buyer, takeover, now)
    run_reactions()
    assert not PackSettlement.objects.filter(manner="open").exists()


@pytest.mark.django_db
def test_a_car_that_goes_without_its_contract_leaves_a_pack_to_settle(
    now: datetime, run_reactions: Callable[[], int]
) -> None:
    _seller, buyer, _car, old, takeover = sold(now)
    transfers.answer_transfer(by=buyer, transfer=takeover.transfer, accept=True, now=now)
    run_reactions()
    old.refresh_from_db()
    assert old.ends_on is None
    assert PackSettlement.objects.get(contract=old).manner == "open"


@pytest.mark.django_db
def test_the_house_agrees_before_the_buyer_can(now: datetime) -> None:
    _seller, buyer, _car, old, takeover = sold(now)
    Takeover.objects.filter(pk=takeover.pk).update(approved_at=None)  # as for a seller in arrears
    with pytest.raises(takeovers.TakeoverNotApproved):
        accept(buyer, takeover, now)
    with pytest.raises(NotFound):
        takeovers.approve_takeover(by=buyer, takeover=takeover, agrees=True, now=now)
    desk = UserFactory.create(role="advisor")
    takeovers.approve_takeover(by=desk, takeover=takeover, agrees=True, now=now)
    assert accept(buyer, takeover, now).pk != old.pk


@pytest.mark.django_db
def test_what_the_house_refused_or_the_seller_took_back_is_closed(now: datetime) -> None:
    seller, buyer, _car, _old, takeover = sold(now)
    with pytest.raises(ContractNotFound):
        takeovers.withdraw_takeover(by=buyer, takeover=takeover, now=now)
    takeovers.withdraw_takeover(by=seller, takeover=takeover, now=now)
    with pytest.raises(takeovers.TakeoverClosed):
        accept(buyer, takeover, now)


def told(user: User) -> list[str]:
    rows = Notice.objects.filter(user=user, kind__contains="take").order_by("pk")
    return [kind.removeprefix("subscriptions.") for kind in rows.values_list("kind", flat=True)]


@pytest.mark.django_db
def test_both_sides_hear_of_each_step(now: datetime, run_reactions: Callable[[], object]) -> None:
    seller, buyer, _car, _old, takeover = sold(now)
    run_reactions()
    assert (told(seller), told(buyer)) == ([], ["takeover_offered"])
    accept(buyer, takeover, now)
    run_reactions()
    assert told(seller) == ["taken_over"]


@pytest.mark.django_db
def test_both_sides_hear_what_the_house_decided(now: datetime, run_reactions: Callable[[], object]) -> None:
    desk = UserFactory.create(role="advisor")
    for agrees, kind in ((True, "takeover_approved"), (False, "takeover_refused")):
        seller, buyer, _car, _old, takeover = sold(now)
        Takeover.objects.filter(pk=takeover.pk).update(approved_at=None)  # as for a seller in arrears
        run_reactions()
        assert told(buyer) == []
        takeovers.approve_takeover(by=desk, takeover=takeover, agrees=agrees, now=now)
        run_reactions()
        assert (told(seller), told(buyer)) == ([kind], [kind])


@pytest.mark.django_db
def test_nobody_else_takes_it_over_and_not_at_other_terms(now: datetime) -> None:
    _seller, buyer, _car, _old, takeover = sold(now)
    with pytest.raises(takeovers.TakeoverClosed):
        accept(UserFactory.create(), takeover, now)
    with pytest.raises(OfferChanged):
        takeovers.accept_takeover(by=buyer, takeover=takeover, offer_hash="0" * 64, now=now)


@pytest.mark.django_db
def test_a_contract_that_ends_or_a_car_that_is_not_offered_cannot_go(now: datetime) -> None:
    seller = UserFactory.create()
    car = own(seller)
    contract = subscribed(seller, car, now=now)
    with pytest.raises(takeovers.TakeoverClosed):
        takeovers.offer_takeover(by=seller, contract=contract, now=now)
    transfers.offer_transfer(by=seller, vehicle=car, email=str(UserFactory.create().email), now=now)
    ending.cancel_contract(by=seller, contract=contract, now=now)
    with pytest.raises(takeovers.TakeoverClosed):
        takeovers.offer_takeover(by=seller, contract=contract, now=now)


def test_of_two_acceptances_one_wins(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    _seller, buyer, _car, old, takeover = sold(now)

    def press() -> Contract:
        return accept(buyer, takeover, now)

    outcomes = race([press, press])
    assert sum(isinstance(each, Contract) for each in outcomes) == 1
    assert sum(isinstance(each, DomainError) for each in outcomes) == 1
    assert Contract.objects.exclude(pk=old.pk).count() == 1


@pytest.mark.django_db
def test_seller_and_buyer_find_the_takeover_on_their_pages(client: Client) -> None:
    now = timezone.now()
    seller, buyer, _car, old, takeover = sold(now)
    client.force_login(seller)
    assert "takeover/withdraw/" in client.get(f"/subscriptions/contracts/{old.pk}/").content.decode()
    client.force_login(buyer)
    target = f"/subscriptions/takeovers/{takeover.transfer_id}/"
    assert target in client.get(f"/garage/transfers/{takeover.transfer_id}/").content.decode()
    page = client.get(target)
    form = page.context["form"]
    done = client.post(target, {"offer_hash": form.initial["offer_hash"], "idempotency_key": "one"})
    assert done.status_code == 302
    assert Contract.objects.get(holder=buyer).vehicle == old.vehicle


@pytest.mark.django_db
def test_strangers_find_no_takeover(client: Client) -> None:
    _seller, _buyer, _car, old, takeover = sold(timezone.now())
    client.force_login(UserFactory.create())
    assert client.get(f"/subscriptions/takeovers/{takeover.transfer_id}/").status_code == 404
    assert client.post(f"/subscriptions/contracts/{old.pk}/takeover/offer/").status_code == 404


@pytest.mark.django_db
def test_the_desk_decides_where_something_is_overdue(client: Client) -> None:
    _seller, _buyer, _car, old, takeover = sold(timezone.now())
    Takeover.objects.filter(pk=takeover.pk).update(approved_at=None)
    client.force_login(UserFactory.create(role="advisor"))
    assert old.code in client.get("/staff/billing/takeovers/").content.decode()
    client.post(f"/staff/billing/takeovers/{takeover.pk}/approve/")
    takeover.refresh_from_db()
    assert takeover.approved_at is not None


@pytest.mark.django_db
def test_the_api_offers_accepts_and_keeps_strangers_out(client: Client) -> None:
    now = timezone.now()
    seller, buyer = UserFactory.create(), UserFactory.create()
    car = own(seller)
    contract = subscribed(seller, car, now=now - timedelta(days=10))
    transfers.offer_transfer(by=seller, vehicle=car, email=str(buyer.email), now=now)
    client.force_login(seller)
    offered = client.post("/api/v1/takeovers/", {"contract": contract.pk}, content_type="application/json")
    assert offered.status_code == 201, offered.content
    address = f"/api/v1/takeovers/{offered.json()['id']}/"
    client.force_login(UserFactory.create())
    assert client.get(address).status_code == 404
    assert client.post(f"{address}withdraw/").status_code == 404
    client.force_login(buyer)
    assert client.post(f"{address}withdraw/").status_code == 404
    terms = client.get(f"{address}terms/").json()
    stale = {"offer_hash": "0" * 64}
    assert client.post(f"{address}accept/", stale, content_type="application/json").status_code == 409
    agreed = {"offer_hash": terms["offer_hash"]}
    assert client.post(f"{address}accept/", agreed, content_type="application/json").status_code == 204
    assert Contract.objects.get(holder=buyer).vehicle == car
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_the_desk_decides_by_the_api(now: datetime, client: Client) -> None:
    _seller, buyer, _car, _old, takeover = sold(timezone.now())
    Takeover.objects.filter(pk=takeover.pk).update(approved_at=None)  # as for a seller in arrears
    address = f"/api/v1/takeovers/{takeover.pk}/decide/"
    client.force_login(buyer)
    assert client.post(address, {"agrees": True}, content_type="application/json").status_code == 404
    client.force_login(UserFactory.create(role="advisor"))
    assert client.post(address, {"agrees": True}, content_type="application/json").status_code == 204
    takeover.refresh_from_db()
    assert takeover.approved_at is not None
