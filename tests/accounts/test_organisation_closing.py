"""The end of an organisation, and who may part with what is its own."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Notice, Organisation, User
from accounts.organisations import closing, memberships, organisations, rights
from accounts.organisations.errors import InvitationClosed, OrganisationInUse, OrganisationNotFound
from common import realtime
from common.errors import NotAllowed
from journal.models import Event
from tests.factories.accounts import UserFactory, company, member
from tests.factories.subscriptions import offer_plan, subscribed
from tests.factories.vehicles import own_for
from vehicles import ownership

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    user: User = UserFactory.create()
    return user


@pytest.fixture
def acme(boss: User) -> Organisation:
    return company(boss, name="ACME GmbH", vat_id="DE136695976")


def close(boss: User, acme: Organisation) -> Organisation:
    return closing.close_organisation(by=boss, organisation=acme, now=NOW)


def test_nobody_acts_for_a_closed_organisation_and_its_history_stays(boss: User, acme: Organisation) -> None:
    driver, fleet = member(acme), member(acme, "fleet")
    close(boss, acme)
    for person in (boss, driver, fleet):
        assert not Organisation.objects.visible_to(person).exists()
    assert [held.role for held in acme.memberships.order_by("pk")] == ["administrator", "driver", "fleet"]
    assert set(acme.memberships.values_list("ended_at", flat=True)) == {NOW}
    event = Event.objects.get(kind="accounts.organisation_closed")
    assert event.data == {"count": 3}
    assert {row.user for row in event.audience.all()} == {boss, driver, fleet}
    with pytest.raises(OrganisationNotFound):
        close(boss, acme)


def test_its_vat_id_is_free_for_a_new_one(boss: User, acme: Organisation) -> None:
    close(boss, acme)
    values = {"name": "Neu", "legal_form": "gmbh", "vat_id": "DE136695976"}
    assert organisations.create_organisation(by=boss, values=values, now=NOW).pk != acme.pk


def test_open_invitations_end_with_it(boss: User, acme: Organisation) -> None:
    ben = UserFactory.create(email="ben@example.org")
    row = memberships.invite_member(
        by=boss, organisation=acme, email="ben@example.org", role="driver", now=NOW
    )
    close(boss, acme)
    assert memberships.waiting_for(ben, NOW) == []
    with pytest.raises((InvitationClosed, OrganisationNotFound)):
        memberships.accept_invitation(by=ben, invitation=row, now=NOW)


@pytest.mark.parametrize("role", ["fleet", "driver"])
def test_only_an_administrator_closes_it(acme: Organisation, role: str) -> None:
    with pytest.raises(NotAllowed):
        close(member(acme, role), acme)
    with pytest.raises(OrganisationNotFound):
        close(UserFactory.create(), acme)


def test_cars_and_running_contracts_come_first(boss: User, acme: Organisation) -> None:
    car = own_for(acme)
    with pytest.raises(OrganisationInUse) as refused:
        close(boss, acme)
    assert "1 Fahrzeug" in str(refused.value)
    ownership.release_vehicle(by=boss, vehicle=car, now=NOW)
    subscribed(boss, None, organisation=acme, version=offer_plan(plan={"kind": "charging"}), now=NOW)
    with pytest.raises(OrganisationInUse) as refused:
        close(boss, acme)
    assert "1 Vertrag" in str(refused.value)


def test_all_members_are_told_and_their_sockets_asked_again(
    boss: User, acme: Organisation, run_reactions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = member(acme)
    asked: list[int] = []
    monkeypatch.setattr(realtime, "recheck", asked.append)
    close(boss, acme)
    run_reactions()
    assert sorted(asked) == sorted([boss.pk, driver.pk])
    told = Notice.objects.filter(kind="accounts.organisation_closed")
    assert [notice.user for notice in told] == [driver]


def test_the_page_says_what_comes_first_and_closes_it_then(
    client: Client, boss: User, acme: Organisation
) -> None:
    car = own_for(acme)
    client.force_login(boss)
    page, address = (reverse(f"accounts:organisation-{name}", args=[acme.pk]) for name in ("detail", "close"))
    shown = client.get(page)
    assert "1 Fahrzeug" in shown.text
    assert address not in shown.text
    assert client.post(address).status_code == 302
    acme.refresh_from_db()
    assert acme.closed_at is None

    ownership.release_vehicle(by=boss, vehicle=car, now=timezone.now())
    assert address in client.get(page).text
    done = client.post(address, follow=True)
    assert "geschlossen" in done.text
    assert client.get(page).status_code == 404


def test_the_api_closes_it_alike(client: Client, boss: User, acme: Organisation) -> None:
    address = f"/api/v1/organisations/{acme.pk}/close/"
    own_for(acme)
    for person, answer in ((member(acme, "fleet"), 403), (UserFactory.create(), 404), (boss, 409)):
        client.force_login(person)
        assert client.post(address).status_code == answer
    assert client.post(address).json()["code"] == "organisation_in_use"
    other = company(boss)
    assert client.post(f"/api/v1/organisations/{other.pk}/close/").status_code == 204
    assert client.get(f"/api/v1/organisations/{other.pk}/").status_code == 404


def test_each_right_knows_its_roles(acme: Organisation) -> None:
    held = {role: member(acme, role) for role in Membership.Role.values}
    may = {
        right: {
            role
            for role, person in held.items()
            if rights.has_right(user=person, organisation_id=acme.pk, right=right)
        }
        for right in rights.RIGHTS
    }
    assert may == {
        "run": {"administrator", "fleet"},
        "administer": {"administrator"},
        "give_cars_away": {"administrator"},
        "close": {"administrator"},
    }
