"""Organisations and their members: created, invited, changed, ended; one winner in every race."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.consents import consents
from accounts.models import MemberInvitation, Membership, Notice, Organisation
from accounts.organisations import memberships, organisations
from accounts.organisations.errors import (
    AlreadyMember,
    InvitationClosed,
    LastAdministrator,
    MemberNotFound,
    OrganisationNotFound,
)
from common import realtime
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.accounts import UserFactory, company, member

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory.create()


@pytest.fixture
def acme(boss):
    return company(boss, name="ACME GmbH")


def held(user, organisation):
    return Membership.objects.get(user=user, organisation=organisation, ended_at=None)


def invite(boss, acme, email="ben@example.org", role="driver", now=NOW):
    return memberships.invite_member(by=boss, organisation=acme, email=email, role=role, now=now)


def test_whoever_creates_an_organisation_administers_it(boss):
    made = organisations.create_organisation(
        by=boss,
        values={"name": " ACME  GmbH ", "legal_form": "gmbh", "vat_id": "DE 136 695 976"},
        now=NOW,
    )
    assert (made.name, made.vat_id) == ("ACME GmbH", "DE136695976")
    assert held(boss, made).role == "administrator"
    assert list(Organisation.objects.run_by(boss)) == [made]


@pytest.mark.parametrize("typed", ["DE136695977", "136695976", "DE12", "XX136695976"])
def test_a_mistyped_vat_id_is_refused(boss, typed):
    with pytest.raises(Invalid) as error:
        organisations.create_organisation(
            by=boss, values={"name": "A", "legal_form": "gmbh", "vat_id": typed}, now=NOW
        )
    assert error.value.field == "vat_id"


def test_a_vat_id_belongs_to_one_organisation(boss):
    values = {"name": "A", "legal_form": "gmbh", "vat_id": "DE136695976"}
    organisations.create_organisation(by=boss, values=values, now=NOW)
    with pytest.raises(Conflict) as error:
        organisations.create_organisation(by=UserFactory.create(), values=values, now=NOW)
    assert error.value.code == "vat_id_taken"


def test_only_administrators_change_it_and_strangers_find_nothing(boss, acme):
    def change(person):
        return organisations.change_organisation(
            by=person, organisation=acme, changes={"order_reference": "KST 4711"}, now=NOW
        )

    with pytest.raises(NotAllowed):
        change(member(acme, "fleet"))
    with pytest.raises(OrganisationNotFound):
        change(UserFactory.create())
    assert change(boss).order_reference == "KST 4711"


def test_an_invitation_reaches_people_with_and_without_an_account(
    boss, acme, run_reactions, deliver_outbox, mailoutbox
):
    ben = UserFactory.create(email="ben@example.org")
    invite(boss, acme)
    invite(boss, acme, email="new@example.org", role="fleet")
    run_reactions()
    deliver_outbox()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["ben@example.org", "new@example.org"]
    assert "ACME GmbH" in mailoutbox[0].subject
    assert Notice.objects.filter(user=ben, kind="accounts.member_invited").count() == 1


def test_whoever_accepts_is_a_member_and_whoever_refuses_is_not(boss, acme):
    ben, cleo = UserFactory.create(email="ben@example.org"), UserFactory.create(email="cleo@example.org")
    memberships.accept_invitation(by=ben, invitation=invite(boss, acme), now=NOW)
    assert held(ben, acme).role == "driver"
    memberships.refuse_invitation(by=cleo, invitation=invite(boss, acme, email="cleo@example.org"), now=NOW)
    assert organisations.membership_of(user=cleo, organisation=acme) is None
    assert memberships.waiting_for(cleo, NOW) == []


def test_nobody_else_answers_an_invitation(boss, acme):
    with pytest.raises(NotFound):
        memberships.accept_invitation(by=UserFactory.create(), invitation=invite(boss, acme), now=NOW)


def test_an_invitation_lasts_seven_days_and_can_be_sent_again(boss, acme):
    ben = UserFactory.create(email="ben@example.org")
    row = invite(boss, acme)
    late = NOW + timedelta(days=7)
    with pytest.raises(InvitationClosed):
        memberships.accept_invitation(by=ben, invitation=row, now=late)
    memberships.resend_invitation(by=boss, invitation=row, now=late)
    memberships.accept_invitation(by=ben, invitation=row, now=late + timedelta(days=6))
    assert held(ben, acme)


def test_a_letter_is_not_sent_twice_within_a_minute(boss, acme):
    row = invite(boss, acme)
    with pytest.raises(Invalid):
        memberships.resend_invitation(by=boss, invitation=row, now=NOW + timedelta(seconds=59))


def test_a_withdrawn_invitation_is_over(boss, acme):
    ben = UserFactory.create(email="ben@example.org")
    row = memberships.withdraw_invitation(by=boss, invitation=invite(boss, acme), now=NOW)
    with pytest.raises(InvitationClosed):
        memberships.accept_invitation(by=ben, invitation=row, now=NOW)
    assert invite(boss, acme).outcome == ""


def test_nobody_is_invited_twice(boss, acme):
    invite(boss, acme)
    with pytest.raises(AlreadyMember):
        invite(boss, acme, email="BEN@example.org ")
    with pytest.raises(AlreadyMember):
        invite(boss, acme, email=boss.email)


@pytest.mark.parametrize("role", ["fleet", "driver"])
def test_only_administrators_invite(acme, role):
    with pytest.raises(NotAllowed):
        invite(member(acme, role), acme)


def test_the_last_administrator_stays(boss, acme):
    with pytest.raises(LastAdministrator):
        memberships.end_membership(by=boss, membership=held(boss, acme), now=NOW)
    with pytest.raises(LastAdministrator):
        memberships.change_role(by=boss, membership=held(boss, acme), role="driver", now=NOW)
    second = member(acme, "administrator")
    memberships.end_membership(by=boss, membership=held(boss, acme), now=NOW)
    assert not Organisation.objects.visible_to(boss).exists()
    with pytest.raises(LastAdministrator):
        memberships.end_membership(by=second, membership=held(second, acme), now=NOW)


def test_members_leave_but_do_not_remove_others(boss, acme):
    driver, fleet = member(acme), member(acme, "fleet")
    with pytest.raises(NotAllowed):
        memberships.end_membership(by=fleet, membership=held(driver, acme), now=NOW)
    row = held(driver, acme)
    memberships.end_membership(by=driver, membership=row, now=NOW)
    with pytest.raises(MemberNotFound):
        memberships.end_membership(by=boss, membership=row, now=NOW)


def test_whoever_is_removed_is_told_and_their_sockets_are_asked_again(boss, acme, run_reactions, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(realtime, "recheck", asked.append)
    driver = member(acme)
    memberships.end_membership(by=boss, membership=held(driver, acme), now=NOW)
    run_reactions()
    assert asked == [driver.pk]
    assert Notice.objects.filter(user=driver, kind="accounts.member_removed").exists()


def test_an_employer_sees_trips_only_while_the_driver_allows_it(boss, acme):
    driver, stranger = member(acme), UserFactory.create()

    def sees(viewer, now=NOW):
        return organisations.may_see_trips(viewer=viewer, driver=driver, now=now)

    assert sees(driver)
    assert not sees(boss)
    text = consents.current_text(consents.EMPLOYER_TRIPS)
    asked: Any = {"by": driver, "purpose": consents.EMPLOYER_TRIPS, "way": consents.Way.PAGE, "now": NOW}
    consents.give_consent(version=text.version, **asked)
    later = NOW + timedelta(hours=1)
    assert sees(boss, later)
    assert not sees(stranger, later)
    assert not sees(member(acme), later)
    memberships.end_membership(by=boss, membership=held(driver, acme), now=later)
    assert not sees(boss, later)
    assert sees(driver, later)


def test_addresses_of_invitations_are_forgotten_after_thirty_days(boss, acme):
    memberships.withdraw_invitation(by=boss, invitation=invite(boss, acme), now=NOW)
    invite(boss, acme, email="never@example.org")
    assert memberships.forget_addresses(now=NOW + timedelta(days=38)) == 2
    assert set(MemberInvitation.objects.values_list("email", flat=True)) == {""}
