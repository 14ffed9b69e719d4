"""Sharing: by invitation, for named rights, until a time, ended at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from common.errors import Invalid, NotFound
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own, share
from vehicles import garage, sharing
from vehicles.errors import AlreadyShared, ShareClosed, TooManyTries, VehicleNotFound
from vehicles.models import Share, Vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return UserFactory.create()


@pytest.fixture
def friend():
    return UserFactory.create(email="friend@example.org")


@pytest.fixture
def car(owner):
    return own(owner)


@pytest.fixture
def invitation(owner, car, now):
    return sharing.invite_to_share(
        by=owner, vehicle=car, email="Friend@example.org", rights=["service", "drive"], now=now
    )


def test_an_invitation_gives_nothing_until_it_is_accepted(friend, car, invitation, now):
    assert not Vehicle.objects.visible_to(friend, now).exists()
    sharing.accept_share(by=friend, share=invitation, now=now)
    assert Vehicle.objects.usable_by(friend, right="service", now=now).get() == car
    assert not Vehicle.objects.usable_by(friend, right="charge", now=now).exists()


def test_revoking_takes_effect_at_that_instant(owner, friend, invitation, now):
    sharing.accept_share(by=friend, share=invitation, now=now)
    then = now + timedelta(hours=1)
    sharing.revoke_share(by=owner, share=invitation, now=then)
    assert Vehicle.objects.visible_to(friend, then - timedelta(seconds=1)).exists()
    assert not Vehicle.objects.visible_to(friend, then).exists()
    with pytest.raises(ShareClosed):
        sharing.revoke_share(by=owner, share=invitation, now=then)


def test_one_can_give_access_back(friend, invitation, now):
    sharing.accept_share(by=friend, share=invitation, now=now)
    done = sharing.revoke_share(by=friend, share=invitation, now=now + timedelta(hours=1))
    assert done.outcome == Share.Outcome.LEFT
    assert not Vehicle.objects.visible_to(friend, now + timedelta(hours=1)).exists()


def test_access_with_an_end_ends_by_itself_and_is_told(owner, friend, car, now, run_reactions):
    until = now + timedelta(days=3)
    invited = sharing.invite_to_share(
        by=owner, vehicle=car, email=friend.email, rights=["drive"], until=until, now=now
    )
    sharing.accept_share(by=friend, share=invited, now=now)
    assert not Vehicle.objects.visible_to(friend, until).exists()
    assert sharing.expire_shares(now=until) == 1
    assert sharing.expire_shares(now=until) == 0
    run_reactions()
    assert friend.notices.filter(kind="vehicles.share_ended").count() == 1


def test_refused_withdrawn_and_overdue_invitations_are_closed(owner, friend, car, invitation, now):
    sharing.refuse_share(by=friend, share=invitation, now=now)
    again = sharing.invite_to_share(by=owner, vehicle=car, email=friend.email, rights=["drive"], now=now)
    sharing.revoke_share(by=owner, share=again, now=now)
    third = sharing.invite_to_share(by=owner, vehicle=car, email=friend.email, rights=["drive"], now=now)
    for closed in (invitation, again):
        with pytest.raises(ShareClosed):
            sharing.accept_share(by=friend, share=closed, now=now)
    with pytest.raises(ShareClosed):
        sharing.accept_share(by=friend, share=third, now=now + timedelta(days=14))


def test_nobody_is_invited_twice(owner, friend, car, invitation, now):
    with pytest.raises(AlreadyShared):
        sharing.invite_to_share(by=owner, vehicle=car, email=friend.email, rights=["drive"], now=now)
    sharing.accept_share(by=friend, share=invitation, now=now)
    with pytest.raises(AlreadyShared):
        sharing.invite_to_share(by=owner, vehicle=car, email=friend.email, rights=["drive"], now=now)


@pytest.mark.parametrize("rights", [[], ["fly"], ["drive", "sell"]])
def test_only_known_rights_are_given(owner, car, rights, now):
    with pytest.raises(Invalid) as caught:
        sharing.invite_to_share(by=owner, vehicle=car, email="x@example.org", rights=rights, now=now)
    assert caught.value.field == "rights"


def test_an_end_in_the_past_is_refused(owner, car, now):
    with pytest.raises(Invalid) as caught:
        sharing.invite_to_share(
            by=owner, vehicle=car, email="x@example.org", rights=["drive"], until=now, now=now
        )
    assert caught.value.field == "until"


def test_only_the_owner_invites(friend, car, now):
    share(car, friend)
    with pytest.raises(VehicleNotFound):
        sharing.invite_to_share(by=friend, vehicle=car, email="x@example.org", rights=["drive"], now=now)


def test_other_peoples_shares_do_not_exist_for_one(invitation, now):
    stranger = UserFactory.create()
    assert not Share.objects.visible_to(stranger, now).exists()
    for act in (sharing.accept_share, sharing.refuse_share, sharing.revoke_share):
        with pytest.raises(NotFound):
            act(by=stranger, share=invitation, now=now)


def test_at_most_ten_people_share_one_car(owner, car, now):
    for number in range(10):
        sharing.invite_to_share(
            by=owner, vehicle=car, email=f"p{number}@example.org", rights=["drive"], now=now
        )
    with pytest.raises(Invalid, match="10"):
        sharing.invite_to_share(by=owner, vehicle=car, email="more@example.org", rights=["drive"], now=now)


def test_nobody_floods_strangers_with_letters(owner, car, now):
    for number in range(20):
        invited = sharing.invite_to_share(
            by=owner, vehicle=car, email=f"p{number}@example.org", rights=["drive"], now=now
        )
        sharing.revoke_share(by=owner, share=invited, now=now)
    with pytest.raises(TooManyTries) as caught:
        sharing.invite_to_share(by=owner, vehicle=car, email="more@example.org", rights=["drive"], now=now)
    assert caught.value.field == "email"


def test_the_list_of_access_names_people_and_invitations(owner, friend, car, invitation, now):
    driver = UserFactory.create()
    share(car, driver)
    rows = garage.access_list(car, now)
    assert [row.user for row in rows] == [driver, None]


def test_inviting_tells_nobody_whether_an_account_exists(
    owner, friend, car, invitation, now, run_reactions, deliver_outbox
):
    unknown = sharing.invite_to_share(
        by=owner, vehicle=car, email="nobody@example.org", rights=["drive", "service"], now=now
    )
    known_fields = {k: v for k, v in vars(invitation).items() if k not in ("_state", "id", "email")}
    unknown_fields = {k: v for k, v in vars(unknown).items() if k not in ("_state", "id", "email")}
    assert known_fields == unknown_fields | {"rights": known_fields["rights"]}
    run_reactions()
    deliver_outbox()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["friend@example.org", "nobody@example.org"]


def test_an_end_beyond_ten_years_is_refused(owner, car, now):
    for until in (now + sharing.LONGEST + timedelta(days=1), datetime(9999, 12, 31, 23, 30, tzinfo=UTC)):
        with pytest.raises(Invalid):
            sharing.invite_to_share(
                by=owner, vehicle=car, email="friend@example.org", rights=["drive"], until=until, now=now
            )


def test_the_last_day_of_the_calendar_is_said_beside_its_field(signed_in, owner, car):
    typed = {"email": "friend@example.org", "rights": ["drive"], "scope": "basic", "last_day": "9999-12-31"}
    page = signed_in(owner).post(f"/garage/{car.pk}/access/", typed)
    assert page.status_code == 422
    assert page.context["form"].errors["last_day"]
