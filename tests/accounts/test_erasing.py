"""Leaving: what is in the way, and days to think. What is left of somebody: test_left.py."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.consents import consents
from accounts.models import (
    ConsentEntry,
    ConsentText,
    CustomerMerge,
    Erasure,
    Membership,
    Notice,
    Organisation,
    User,
)
from accounts.privacy import erasing
from accounts.privacy import parts as privacy
from common.errors import Conflict, NotAllowed, NotFound
from community.models import MemberProfile
from tests.factories.accounts import UserFactory
from tests.factories.community import open_topic, reply
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db
LATER = timedelta(days=15)


def test_their_forum_name_leaves_the_inboxes_of_others(now, run_reactions):
    asker, replier = UserFactory.create(), UserFactory.create()
    reply(open_topic(now=now, by=asker), now=now, by=replier)
    run_reactions()
    handle = MemberProfile.objects.get(user=replier).handle
    told = Notice.objects.get(user=asker, kind="community.reply")
    assert told.params["handle"] == handle
    erasing.request_erasure(by=replier, now=now)
    erasing.carry_out_due(now=now + LATER)
    told.refresh_from_db()
    assert told.params["handle"] == "–"
    assert told.params["title"]


# -- What is in the way, and changing one's mind -----------------------------------------------------


def test_a_running_contract_and_an_owned_car_are_named(now):
    user = UserFactory.create()
    subscribed(user, own(user), now=now)
    with pytest.raises(erasing.ErasureHeld) as held:
        erasing.request_erasure(by=user, now=now)
    assert {hold.code for hold in held.value.holds} == {"car_owned", "contract_running"}


def test_the_last_administrator_of_an_organisation_stays(now):
    user = UserFactory.create()
    company = Organisation.objects.create(name="Elbe GmbH", legal_form="gmbh", created_at=now)
    Membership.objects.create(organisation=company, user=user, role="administrator", since=now)
    with pytest.raises(erasing.ErasureHeld, match="Elbe GmbH"):
        erasing.request_erasure(by=user, now=now)
    other = UserFactory.create()
    Membership.objects.create(organisation=company, user=other, role="administrator", since=now)
    erasing.request_erasure(by=user, now=now)


def test_colleagues_lose_their_roles_first(now):
    with pytest.raises(erasing.ErasureHeld):
        erasing.request_erasure(by=UserFactory.create(role="advisor"), now=now)


def test_nothing_is_deleted_before_the_fourteen_days_are_over(now):
    user = UserFactory.create()
    erasing.request_erasure(by=user, now=now)
    assert erasing.carry_out_due(now=now + timedelta(days=13, hours=23)) == 0
    user.refresh_from_db()
    assert user.email


def test_until_then_it_can_be_cancelled_and_asked_again(now):
    user = UserFactory.create()
    erasing.request_erasure(by=user, now=now)
    with pytest.raises(erasing.ErasurePlanned):
        erasing.request_erasure(by=user, now=now)
    erasing.cancel_erasure(by=user, user=user, now=now)
    with pytest.raises(NotFound):
        erasing.cancel_erasure(by=user, user=user, now=now)
    erasing.request_erasure(by=user, now=now)
    assert erasing.carry_out_due(now=now + LATER) == 1
    assert erasing.carry_out_due(now=now + LATER) == 0


def test_a_contract_concluded_meanwhile_calls_it_off_and_says_so(now, run_reactions):
    user = UserFactory.create()
    erasing.request_erasure(by=user, now=now)
    own(user)
    assert erasing.carry_out_due(now=now + LATER) == 0
    run_reactions()
    assert erasing.plan_of(user) is None
    assert Notice.objects.filter(user=user, kind="accounts.erasure_held").exists()


def test_asked_on_the_phone_it_takes_the_permission(now):
    customer = UserFactory.create()
    with pytest.raises(NotAllowed):
        erasing.request_erasure_for(by=UserFactory.create(role="advisor"), user=customer, now=now)
    planned = erasing.request_erasure_for(by=UserFactory.create(role="administrator"), user=customer, now=now)
    assert planned.reason == Erasure.Reason.STAFF


def test_a_customer_without_an_account_can_be_erased_too(now):
    customer = UserFactory.create(standing="customer")
    EmailAddress.objects.filter(user=customer).delete()
    User.objects.filter(pk=customer.pk).update(email=None)
    customer.refresh_from_db()
    erasing.request_erasure_for(by=UserFactory.create(role="administrator"), user=customer, now=now)
    assert erasing.carry_out_due(now=now + LATER) == 1


def test_rows_that_were_merged_into_them_leave_with_them(now):
    user = UserFactory.create()
    gone = User.objects.create(email=None, standing=User.Standing.MERGED, is_active=False)
    Authenticator.objects.create(user=gone, type="webauthn", data={"name": "Schlüssel"})
    merge = CustomerMerge.objects.create(
        kept=user, gone=gone, proof="staff", at=now, before={"first_name": "Anna"}, moved=[["x", "y", [1]]]
    )
    purpose = consents.all_purposes()[0].name
    text = ConsentText.objects.filter(purpose=purpose).order_by("-version")[0]
    ConsentEntry.objects.create(
        user=gone, text=text, purpose=purpose, given=True, way="page", at=now, code="NL-MERG-ED"
    )
    parts = {part.name: part for part in privacy.all_parts()}
    (sheet,) = parts["accounts.consents"].export(user)
    assert isinstance(sheet, privacy.Sheet)
    assert [row["receipt"] for row in sheet.rows()] == ["NL-MERG-ED"]
    erasing.request_erasure(by=user, now=now)
    assert erasing.carry_out_due(now=now + LATER) == 1
    merge.refresh_from_db()
    assert (merge.before, merge.moved) == ({}, [])
    assert not Authenticator.objects.exists()


# -- Workers that are killed ---------------------------------------------------------------------------


def test_a_killed_worker_s_successor_goes_on_after_the_last_part(now, monkeypatch):
    user = UserFactory.create()
    planned = erasing.request_erasure(by=user, now=now)
    documents = privacy.part_named("accounts.documents")

    def dies(**_asked):
        raise SystemExit

    with monkeypatch.context() as broken:
        dying = privacy.PersonalData(**{**documents.__dict__, "erase": dies})
        broken.setitem(privacy._parts, "accounts.documents", dying)
        with pytest.raises(SystemExit):
            erasing.carry_out_due(now=now + LATER)
    planned.refresh_from_db()
    workshop = ["services.team", "services.times", "services.counter", "services"]
    assert planned.parts_done == [
        "community",
        *workshop,
        "packs",
        "payments",
        "billing",
        "usage",
        "subscriptions",
        "vehicles",
        "accounts.journal",
    ]
    with pytest.raises(Conflict, match="begonnen"):
        erasing.cancel_erasure(by=user, user=user, now=now + LATER)
    assert erasing.carry_out_due(now=now + LATER) == 1
    user.refresh_from_db()
    assert user.standing == User.Standing.ERASED
