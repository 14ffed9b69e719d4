"""Roles: granting, ending, and the last administrator."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.models import Notice, RoleGrant, User
from accounts.permissions import PERMISSIONS, Role, allows
from common.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.services import CentreFactory


def admin() -> User:
    return UserFactory.create(role=Role.ADMINISTRATOR)


@pytest.mark.django_db
def test_a_granted_role_opens_its_doors_and_is_told(
    now: datetime, run_reactions: Callable[[], Any], deliver_outbox: Callable[[], Any]
) -> None:
    chief, person = admin(), UserFactory.create()
    assert not person.has_permission("community.moderate")
    roles.grant_role(by=chief, user=person, role=Role.MODERATOR, now=now)
    assert User.objects.get(pk=person.pk).has_permission("community.moderate")
    run_reactions()
    assert Notice.objects.get(user=person).kind == "accounts.role_granted"
    deliver_outbox()
    assert "Moderation" in str(outgoing.outbox[-1].body)
    event = Event.objects.get(kind="accounts.role_granted")
    assert event.by == chief
    assert event.data["role"] == "moderator"


@pytest.mark.django_db
def test_a_role_within_a_scope_holds_only_there(now: datetime) -> None:
    here, there = AddressFactory.create(), AddressFactory.create()  # anything with an id is a scope
    person = UserFactory.create()
    roles.grant_role(by=admin(), user=person, role=Role.STAFF, scope=here, now=now)
    fresh = User.objects.get(pk=person.pk)
    assert fresh.has_permission("services.view_day", here)
    assert not fresh.has_permission("services.view_day", there)
    assert fresh.has_permission("services.view_day")


@pytest.mark.django_db
def test_only_administrators_grant(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        roles.grant_role(
            by=UserFactory.create(role="moderator"), user=UserFactory.create(), role="moderator", now=now
        )


@pytest.mark.django_db
def test_a_role_is_held_once(now: datetime) -> None:
    chief, person = admin(), UserFactory.create()
    roles.grant_role(by=chief, user=person, role="advisor", now=now)
    with pytest.raises(Conflict, match=r"bereits|already"):
        roles.grant_role(by=chief, user=person, role="advisor", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=person, role="advisor")


@pytest.mark.django_db
def test_what_everybody_has_is_not_granted(now: datetime) -> None:
    with pytest.raises(Invalid):
        roles.grant_role(by=admin(), user=UserFactory.create(), role=Role.OWNER, now=now)
    with pytest.raises(Invalid):
        roles.grant_role(
            by=admin(), user=UserFactory.create(), role=Role.ADVISOR, scope=AddressFactory.create(), now=now
        )


@pytest.mark.django_db
def test_the_last_administrator_stays(now: datetime) -> None:
    chief = admin()
    grant = chief.role_grants.get()
    with pytest.raises(Conflict) as error:
        roles.end_role(by=chief, grant=grant, now=now)
    assert error.value.code == "last_administrator"
    admin()
    roles.end_role(by=chief, grant=grant, now=now)
    assert not User.objects.get(pk=chief.pk).has_permission("accounts.grant_roles")


def test_two_administrators_who_end_each_other_leave_one(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    one, other = admin(), admin()
    grants = {user.pk: user.role_grants.get() for user in (one, other)}
    race(
        [
            lambda: roles.end_role(by=one, grant=grants[other.pk], now=now),
            lambda: roles.end_role(by=other, grant=grants[one.pk], now=now),
        ]
    )
    assert RoleGrant.objects.in_force().filter(role=Role.ADMINISTRATOR).count() == 1


@pytest.mark.django_db
def test_who_leaves_loses_roles_and_sessions_at_once(now: datetime) -> None:
    from tests.accounts.test_sessions import is_in, signed_in

    chief, person = admin(), UserFactory.create(role="accountant")
    laptop = signed_in(person)
    assert laptop.get(reverse("accounts:home")).status_code == 200
    boss = Client()
    boss.force_login(chief)
    boss.post(reverse("accounts:staff-leave", args=[person.pk]))
    assert not is_in(laptop)
    assert not User.objects.get(pk=person.pk).grants
    assert User.objects.get(pk=person.pk).is_active


@pytest.mark.django_db
def test_the_page_of_a_person_grants_and_ends(client: Client) -> None:
    chief, person = admin(), UserFactory.create()
    client.force_login(chief)
    page = reverse("accounts:staff-person", args=[person.pk])
    assert client.post(page, {"role": "product", "scope": ""}).status_code == 302
    grant = person.role_grants.get()
    assert client.post(page, {"role": "product", "scope": ""}).status_code == 422
    client.post(reverse("accounts:staff-role-end", args=[grant.pk]))
    grant.refresh_from_db()
    assert grant.ended_at
    assert client.get(page).status_code == 200


@pytest.mark.django_db
def test_people_are_found_by_name_and_address(client: Client, django_assert_max_num_queries: Any) -> None:
    client.force_login(admin())
    for _n in range(3):
        UserFactory.create(last_name="Zugspitz", role="moderator")
    with django_assert_max_num_queries(10):
        page = client.get(reverse("accounts:staff-people"), {"q": "zugsp"})
    assert len(page.context["people"]) == 3
    assert len(client.get(reverse("accounts:staff-people"), {"role": "moderator"}).context["people"]) == 3


def test_the_table_knows_its_names_and_no_others() -> None:
    assert all(name.count(".") == 1 for name in PERMISSIONS)
    with pytest.raises(KeyError):
        allows("accounts.no_such_thing", [])
    assert all(Role.ADMINISTRATOR in held for held in PERMISSIONS.values())


@pytest.mark.django_db
def test_roles_are_granted_per_centre_on_the_page(client: Client) -> None:
    centre = CentreFactory.create()
    person = UserFactory.create()
    client.force_login(admin())
    page = reverse("accounts:staff-person", args=[person.pk])
    assert client.post(page, {"role": "staff", "scope": f"services.centre:{centre.pk}"}).status_code == 302
    assert person.role_grants.get().scope_id == centre.pk
    assert client.post(page, {"role": "staff", "scope": "services.centre:999999"}).status_code == 422
    assert client.post(page, {"role": "advisor", "scope": f"services.centre:{centre.pk}"}).status_code == 422
