"""Two rows that are one person: what moves, what stays, and how it comes back."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import history, profile
from accounts.customers import merging, movers, unmerging
from accounts.models import Address, CustomerMerge, Membership, Organisation, User
from accounts.telling import inbox
from common.errors import Conflict, Invalid, NotAllowed
from community.models import MemberProfile
from journal.models import Event
from services.models import Appointment
from subscriptions.models import Contract
from tests.factories.accounts import AddressFactory, NoticeFactory, UserFactory
from tests.factories.customers import walk_in
from tests.factories.services import AppointmentFactory
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own, share
from vehicles.models import Ownership

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> User:
    return UserFactory.create(role="staff")


@pytest.fixture
def kept() -> User:
    return UserFactory.create(first_name="Jürgen", last_name="Kröger", phone="")


@pytest.fixture
def gone(desk: User) -> User:
    return walk_in(by=desk, first_name="J.", last_name="Kroeger", phone="+49 1512 3004400")


def merge(desk: User, kept: User, gone: User, **said: Any) -> CustomerMerge:
    return merging.merge_customers(by=desk, kept=kept, gone=gone, now=said.pop("now", timezone.now()), **said)


def undo(desk: User, done: CustomerMerge, **said: Any) -> unmerging.Undone:
    return unmerging.undo_merge(by=desk, merge=done, now=said.pop("now", timezone.now()))


def test_cars_visits_contracts_and_notices_move_and_the_row_becomes_a_shell(desk, kept, gone):
    car = own(gone)
    visit = AppointmentFactory.create(booked_by=gone, vehicle=car)
    contract = subscribed(gone, car, now=timezone.now())
    notice = NoticeFactory.create(user=gone)
    merge(desk, kept, gone)
    for row, field in (
        (visit, "booked_by"),
        (contract, "holder"),
        (notice, "user"),
        (car.ownerships.get(), "user"),
    ):
        row.refresh_from_db()
        assert getattr(row, field) == kept
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.standing, gone.email, gone.display_name, gone.phone, gone.is_active) == (
        "merged",
        None,
        "",
        "",
        False,
    )
    assert kept.phone == "+49 1512 3004400"  # what the one lacked
    assert kept.display_name == "Jürgen Kröger"


def test_the_preview_says_what_moves_and_counts_it(desk, kept, gone):
    car = own(gone)
    AppointmentFactory.create(booked_by=gone, vehicle=car)
    AddressFactory.create(user=gone)
    AddressFactory.create(user=kept)
    preview = merging.preview_merge(kept=kept, gone=gone, now=timezone.now())
    assert [count for _label, count in preview.moving] == [1, 1]  # the car, the visit
    assert [count for _label, count in preview.staying] == [1]  # the address of the same purpose
    assert preview.choices == ["name"]
    assert not preview.blocked
    assert not CustomerMerge.objects.exists()


def test_undoing_brings_back_exactly_what_moved(desk, kept, gone):
    mine, theirs = own(kept), own(gone)
    before = {model: list(model.objects.order_by("pk").values()) for model in (User, Ownership, Address)}
    done = merge(desk, kept, gone, facts_of_gone=frozenset({"name"}))
    kept.refresh_from_db()
    assert kept.last_name == "Kroeger"
    assert undo(desk, done).stayed == []
    for model, rows in before.items():
        assert list(model.objects.order_by("pk").values()) == rows
    assert mine.ownerships.get().user == kept
    assert theirs.ownerships.get().user == gone


def test_what_changed_since_stays_and_is_named(desk, kept, gone, now):
    AddressFactory.create(user=gone)
    old = NoticeFactory.create(user=gone)
    done = merge(desk, kept, gone)
    old.delete()
    since = AppointmentFactory.create(booked_by=kept, vehicle=own(kept))
    profile.change_profile(by=kept, changes={"phone": "040 123456"})
    stayed = undo(desk, done).stayed
    assert {count for _what, count in stayed} == {1}
    assert len(stayed) == 2  # the notice that is no more, the phone number that was changed
    since.refresh_from_db()
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert since.booked_by == kept
    assert kept.phone == "+49 40 123456"
    assert (gone.phone, gone.standing) == ("+49 1512 3004400", "customer")


def test_an_address_that_somebody_else_has_by_now_is_lost(desk, kept):
    other = UserFactory.create(email="second@example.org")
    done = merge(desk, kept, other)
    newcomer = UserFactory.create(email="second@example.org")
    assert len(undo(desk, done).stayed) == 1
    other.refresh_from_db()
    assert (other.email, other.standing) == (None, "customer")
    assert EmailAddress.objects.get(email="second@example.org").user == newcomer


def test_the_second_account_is_signed_out_at_once_and_can_sign_in_again_after_undoing(
    client: Client, desk, kept
):
    other = UserFactory.create(email="second@example.org")
    browser = Client()
    browser.post(reverse("account_login"), {"login": other.email, "password": "Nordlicht-2026"})
    assert browser.get(reverse("accounts:profile")).status_code == 200
    done = merge(desk, kept, other)
    assert not UserSession.objects.filter(user=other).exists()
    assert browser.get(reverse("accounts:profile")).status_code == 302
    undo(desk, done)
    again = Client()
    again.post(reverse("account_login"), {"login": "second@example.org", "password": "Nordlicht-2026"})
    assert again.get(reverse("accounts:profile")).status_code == 200


def test_an_account_is_never_merged_into_a_row_without_one(desk, kept, gone):
    with pytest.raises(Invalid) as refused:
        merge(desk, gone, kept)
    assert refused.value.code == "account_must_stay"
    with pytest.raises(Invalid):
        merge(desk, kept, kept)


def test_an_account_keeps_the_address_it_signs_in_with(desk, kept):
    other = walk_in(by=desk, email="other@example.org")
    merge(desk, kept, other, facts_of_gone=frozenset({"email"}))
    before = kept.email
    kept.refresh_from_db()
    assert kept.email == before


def test_of_two_customers_either_address_may_stay_and_comes_back(desk):
    one, other = walk_in(by=desk, email="one@example.org"), walk_in(by=desk, email="other@example.org")
    done = merge(desk, one, other, facts_of_gone=frozenset({"email"}))
    one.refresh_from_db()
    assert one.email == "other@example.org"
    undo(desk, done)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.email, other.email) == ("one@example.org", "other@example.org")


def test_a_colleague_is_not_merged_away(desk, kept):
    colleague = UserFactory.create(role="technician")
    assert merging.preview_merge(kept=kept, gone=colleague, now=timezone.now()).blocked
    with pytest.raises(Conflict) as refused:
        merge(desk, kept, colleague)
    assert refused.value.code == "merge_blocked"


def test_two_memberships_of_one_organisation_become_one_and_come_back(desk, kept, now):
    other = UserFactory.create()
    fleet = Organisation.objects.create(name="Elbkurier", legal_form="gmbh", created_at=now)
    ours = Membership.objects.create(organisation=fleet, user=kept, role="driver", since=now)
    theirs = Membership.objects.create(organisation=fleet, user=other, role="fleet", since=now)
    preview = merging.preview_merge(kept=kept, gone=other, now=now)
    assert any("Elbkurier" in clash.words for clash in preview.clashes)
    done = merge(desk, kept, other)
    assert list(Membership.objects.in_force()) == [ours]
    undo(desk, done)
    assert set(Membership.objects.in_force()) == {ours, theirs}


def test_both_paying_for_the_same_kind_of_plan_is_named(desk, kept, gone):
    contract: Contract = subscribed(kept, own(kept), now=timezone.now())
    preview = merging.preview_merge(kept=kept, gone=gone, now=timezone.now())
    assert preview.clashes == []
    subscribed(gone, own(gone), now=timezone.now(), version=contract.plan_version)
    assert merge(desk, kept, gone).kept.contracts.count() == 2


def test_access_that_one_gave_the_other_stays_behind(desk, kept):
    other = UserFactory.create()
    share(own(other), kept)
    share(own(kept), other)
    merge(desk, kept, other)
    assert kept.ownerships.count() == 2


def test_the_owners_history_goes_on_with_what_the_other_row_saw(desk, kept, gone):
    assert "accounts.customer_created" not in {event.kind for event in history.events_about(kept)}
    done = merge(desk, kept, gone)
    seen = {event.kind for event in history.events_about(kept)}
    assert {"accounts.customer_created", "accounts.customers_merged"} <= seen
    undo(desk, done)
    assert "accounts.customer_created" not in {event.kind for event in history.events_about(kept)}


def test_a_chain_is_undone_from_its_end(desk, kept, gone):
    third = UserFactory.create()
    own(gone)
    first = merge(desk, kept, gone)
    second = merge(desk, third, kept)
    assert third.ownerships.count() == 1
    with pytest.raises(Conflict) as refused:
        undo(desk, first)
    assert refused.value.code == "merged_since"
    undo(desk, second)
    undo(desk, first)
    assert gone.ownerships.count() == 1


def test_after_30_days_nothing_is_undone_and_nothing_remembered(desk, kept, gone):
    done = merge(desk, kept, gone)
    late = timezone.now() + timedelta(days=30, minutes=1)
    with pytest.raises(Conflict) as refused:
        undo(desk, done, now=late)
    assert refused.value.code == "merge_final"
    assert merging.forget_merges(now=late) == 1
    done.refresh_from_db()
    assert (done.before, done.moved) == ({}, [])
    assert merging.forget_merges(now=late) == 0


@pytest.mark.parametrize("role", ["technician", "accountant", "moderator", "product", None])
def test_other_roles_neither_merge_nor_undo(desk, kept, gone, role):
    with pytest.raises(NotAllowed):
        merge(UserFactory.create(role=role), kept, gone)
    done = merge(desk, kept, gone)
    with pytest.raises(NotAllowed):
        undo(UserFactory.create(role=role), done)


def test_the_forum_goes_along_unsaid(desk, kept, now):
    other = UserFactory.create()
    member = MemberProfile.objects.create(
        user=other, handle="Marker77", handle_key="marker77", created_at=now
    )
    preview = merging.preview_merge(kept=kept, gone=other, now=timezone.now())
    assert preview.moving == []
    assert "Marker77" not in str(preview)
    done = merge(desk, kept, other)
    member.refresh_from_db()
    assert member.user == kept
    assert undo(desk, done).stayed == []
    member.refresh_from_db()
    assert member.user == other


def test_who_owns_what_stays_fixed_where_no_merge_is_in_force(kept, gone):
    car = own(gone)
    with pytest.raises(DatabaseError), transaction.atomic():
        car.ownerships.update(user=kept)
    contract = subscribed(gone, car, now=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(holder=kept)


def test_the_journal_holds_numbers_only(desk, kept, gone):
    merge(desk, kept, gone)
    event = Event.objects.get(kind="accounts.customers_merged")
    assert set(event.data) == {"merge", "gone", "proof"}


def test_every_reference_to_a_person_is_named_for_merging():
    """A new foreign key to a person: say in its app whether it moves or stays, and why."""
    named = {mover.key for mover in movers.all_movers()} | set(movers.staying_fields())
    references = {
        (model._meta.label_lower, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.concrete
        and field.is_relation
        and field.related_model is User
        and not model._meta.auto_created
    }
    assert references - named == set(), "neither a mover nor a stay"
    assert {key for key in named if apps.is_installed(key[0].split(".")[0])} - references == set()


def test_movers_never_name_what_they_move_twice(kept, gone):
    keys = [mover.key for mover in movers.all_movers()]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(movers.staying_fields())


def test_a_notice_told_to_both_stays_with_each(desk, kept, gone):
    with transaction.atomic():
        event = history.note_sign_up(user=kept)
    for user in (kept, gone):
        inbox.notify(user=user, kind="accounts.welcome", event=event)
    merge(desk, kept, gone)
    assert kept.notices.count() == 1
    assert Appointment.objects.count() == 0
