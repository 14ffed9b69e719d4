"""Two people act for an organisation at the same moment: one winner, and always an administrator."""

from datetime import UTC, datetime

from accounts.models import Membership
from accounts.organisations import closing, memberships
from common.errors import DomainError
from tests.factories.accounts import UserFactory, company
from tests.factories.vehicles import VehicleModelFactory
from vehicles import handover
from vehicles.models import Ownership

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def held(user, organisation):
    return Membership.objects.get(user=user, organisation=organisation, ended_at=None)


def invite(boss, acme):
    return memberships.invite_member(
        by=boss, organisation=acme, email="ben@example.org", role="driver", now=NOW
    )


def outcome(results):
    """How many succeeded; every other one must have failed in words, not in the database."""
    failed = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, DomainError) for error in failed), failed
    return len(results) - len(failed)


def test_one_invitation_accepted_twice_makes_one_member(committing_db, race):
    boss, ben = UserFactory.create(), UserFactory.create(email="ben@example.org")
    acme = company(boss)
    row = invite(boss, acme)
    calls = [lambda: memberships.accept_invitation(by=ben, invitation=row, now=NOW)] * 4
    assert outcome(race(calls)) == 1
    assert Membership.objects.filter(user=ben).count() == 1


def test_two_administrators_who_invite_one_person_make_one_invitation(committing_db, race):
    one, other = UserFactory.create(), UserFactory.create()
    acme = company(one)
    Membership.objects.create(organisation=acme, user=other, role="administrator", since=NOW)
    assert outcome(race([lambda: invite(one, acme), lambda: invite(other, acme)])) == 1
    assert acme.invitations.filter(outcome="").count() == 1


def test_accepting_against_withdrawing_has_one_winner(committing_db, race):
    boss, ben = UserFactory.create(), UserFactory.create(email="ben@example.org")
    acme = company(boss)
    row = invite(boss, acme)
    results = race(
        [
            lambda: memberships.accept_invitation(by=ben, invitation=row, now=NOW),
            lambda: memberships.withdraw_invitation(by=boss, invitation=row, now=NOW),
        ]
    )
    assert outcome(results) == 1
    row.refresh_from_db()
    assert Membership.objects.filter(user=ben).exists() == (row.outcome == "accepted")


def test_two_administrators_who_remove_each_other_leave_one(committing_db, race):
    one, other = UserFactory.create(), UserFactory.create()
    acme = company(one)
    Membership.objects.create(organisation=acme, user=other, role="administrator", since=NOW)
    rows = {user: held(user, acme) for user in (one, other)}
    results = race(
        [
            lambda: memberships.end_membership(by=one, membership=rows[other], now=NOW),
            lambda: memberships.end_membership(by=other, membership=rows[one], now=NOW),
        ]
    )
    assert outcome(results) == 1
    assert Membership.objects.in_force().filter(organisation=acme, role="administrator").count() == 1


def test_two_administrators_who_leave_at_once_leave_one(committing_db, race):
    one, other = UserFactory.create(), UserFactory.create()
    acme = company(one)
    Membership.objects.create(organisation=acme, user=other, role="administrator", since=NOW)
    rows = {user: held(user, acme) for user in (one, other)}
    calls = [
        lambda user=user, row=row: memberships.end_membership(by=user, membership=row, now=NOW)
        for user, row in rows.items()
    ]
    assert outcome(race(calls)) == 1


def test_an_organisation_that_is_closed_gets_no_car_at_the_same_moment(committing_db, race):
    boss = UserFactory.create()
    acme = company(boss)
    done = handover.hand_over_vehicle(
        by=UserFactory.create(role="staff"),
        vin="WNLN5BZZZTH000952",
        model=VehicleModelFactory.create(),
        now=NOW,
    )
    results = race(
        [
            lambda: closing.close_organisation(by=boss, organisation=acme, now=NOW),
            lambda: handover.claim_vehicle(
                by=boss, vin=done.vehicle.vin, code=done.code, organisation=acme, now=NOW
            ),
        ]
    )
    assert outcome(results) == 1
    acme.refresh_from_db()
    assert Ownership.objects.filter(organisation=acme).exists() == (acme.closed_at is None)
