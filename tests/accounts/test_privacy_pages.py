"""Pages of one's own data, and of the administrators who answer for it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Erasure, Export, KeptRecord
from accounts.privacy import erasing, exports, keeping
from journal.models import Event
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory.create()


@pytest.fixture
def fresh(user):
    """Signed in a moment ago, by password."""
    return signed_in(user)


def signed_in(person):
    browser = Client()
    browser.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert "_auth_user_id" in browser.session
    return browser


@pytest.fixture
def stale(user):
    """Signed in, but long ago."""
    browser = Client()
    browser.force_login(user)
    return browser


def built(user, now=None):
    export = exports.request_export(by=user, now=now or timezone.now())
    exports.build_export(export_id=export.pk, now=now or timezone.now())
    return export


def test_one_page_leads_to_consents_the_copy_and_leaving(stale):
    page = stale.get("/account/privacy/").content.decode()
    for way in ("/account/consents/", "/account/privacy/export/", "/account/privacy/delete/"):
        assert way in page


def test_a_copy_is_asked_for_and_fetched(fresh, user):
    page = fresh.post("/account/privacy/export/", follow=True).content.decode()
    export = Export.objects.get(user=user)
    assert f'data-live-topic="export:{export.pk}"' in page
    exports.build_export(export_id=export.pk, now=timezone.now())
    page = fresh.get("/account/privacy/").content.decode()
    assert f"/account/privacy/export/{export.pk}/download/" in page
    answer = fresh.get(f"/account/privacy/export/{export.pk}/download/")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_asking_twice_says_that_one_is_on_its_way(fresh, user):
    fresh.post("/account/privacy/export/")
    page = fresh.post("/account/privacy/export/", follow=True).content.decode()
    assert "wird bereits erstellt" in page
    assert Export.objects.count() == 1


@pytest.mark.parametrize("way", ["export/", "delete/"])
def test_asking_takes_a_fresh_sign_in(stale, way):
    answer = stale.post(f"/account/privacy/{way}", {"sure": "on"})
    assert answer.status_code == 302
    assert "/account/reauthenticate/" in answer["Location"]
    assert not Export.objects.exists()
    assert not Erasure.objects.exists()


def test_fetching_takes_a_fresh_sign_in_and_never_goes_by_the_document_s_number(stale, fresh, user):
    export = built(user)
    export.refresh_from_db()
    assert stale.get(f"/account/privacy/export/{export.pk}/download/").status_code == 302
    assert fresh.get(f"/documents/{export.document_id}/").status_code == 404


def test_somebody_else_s_copy_is_a_404(fresh):
    export = built(UserFactory.create())
    assert fresh.get(f"/account/privacy/export/{export.pk}/download/").status_code == 404
    assert fresh.get(f"/account/privacy/export/{export.pk}/state/").status_code == 404


def test_an_expired_copy_is_a_404_from_its_last_moment_on(fresh, user):
    export = built(user, timezone.now() - timedelta(days=7, minutes=1))
    assert fresh.get(f"/account/privacy/export/{export.pk}/download/").status_code == 404


def test_only_its_person_may_watch_a_copy_being_built(user):
    export = exports.request_export(by=user, now=timezone.now())
    assert exports.may_watch(user, f"export:{export.pk}")
    assert not exports.may_watch(UserFactory.create(), f"export:{export.pk}")
    assert not exports.may_watch(user, "export:x")


def test_leaving_says_what_goes_and_what_stays_and_asks_to_be_sure(fresh, user):
    page = fresh.get("/account/privacy/delete/").content.decode()
    assert "Was gelöscht wird" in page
    assert "§\xa0147 AO" in page
    unsure = fresh.post("/account/privacy/delete/", {})
    assert unsure.status_code == 422
    assert not Erasure.objects.exists()
    sure = fresh.post("/account/privacy/delete/", {"sure": "on"}, follow=True).content.decode()
    assert "Konto behalten" in sure
    assert erasing.plan_of(user) is not None


def test_what_is_in_the_way_stands_there_with_the_way_out(fresh, user):
    car = own(user)
    page = fresh.get("/account/privacy/delete/").content.decode()
    assert f"/garage/{car.pk}/" in page
    assert 'name="sure"' not in page
    refused = fresh.post("/account/privacy/delete/", {"sure": "on"})
    assert refused.status_code == 422


def test_changing_one_s_mind_needs_one_press(stale, user):
    erasing.request_erasure(by=user, now=timezone.now())
    page = stale.post("/account/privacy/keep/", follow=True).content.decode()
    assert "Ihr Konto bleibt" in page
    assert erasing.plan_of(user) is None


def test_signing_in_reminds_of_the_planned_deletion(user):
    erasing.request_erasure(by=user, now=timezone.now())
    browser = Client()
    page = browser.post(
        "/account/login/", {"login": user.email, "password": PASSWORD}, follow=True
    ).content.decode()
    assert "Unter „Datenschutz“ können Sie das noch abbrechen" in page


def test_the_page_takes_few_queries(stale, user, django_assert_max_num_queries):
    built(user)
    stale.get("/account/privacy/")
    with django_assert_max_num_queries(7):
        stale.get("/account/privacy/")


# -- Administrators -----------------------------------------------------------------------------------


@pytest.fixture
def administrator():
    return signed_in(UserFactory.create(role="administrator"))


def test_administrators_see_and_change_how_long_things_are_kept(administrator):
    page = administrator.get("/staff/retention/").content.decode()
    assert "/staff/retention/journal.delivered/" in page
    refused = administrator.post("/staff/retention/journal.delivered/", {"days": "1000"})
    assert refused.status_code == 422
    assert "7 bis 90" in refused.content.decode()
    page = administrator.post("/staff/retention/journal.delivered/", {"days": "8"}, follow=True)
    assert "8\xa0Tage" in page.content.decode()


def test_a_fixed_time_has_no_form(administrator):
    page = administrator.get("/staff/retention/accounts.merges/").content.decode()
    assert 'name="days"' not in page


def test_an_unknown_rule_is_a_404(administrator):
    assert administrator.get("/staff/retention/no.such/").status_code == 404


def test_the_rules_take_as_many_queries_as_ever(administrator, django_assert_max_num_queries):
    administrator.get("/staff/retention/")
    with django_assert_max_num_queries(8):
        administrator.get("/staff/retention/")


def test_a_locked_record_is_opened_by_a_press_that_the_journal_keeps(administrator, user):
    record = keeping.lock_away(
        user=user,
        part="subscriptions",
        basis="AO § 147",
        until=timezone.localdate() + timedelta(days=9),
        content=keeping.identity_of(user),
        now=timezone.now(),
    )
    assert record is not None
    page = administrator.get("/staff/locked/").content.decode()
    assert user.email not in page
    assert administrator.get(f"/staff/locked/{record.pk}/").status_code == 405
    opened = administrator.post(f"/staff/locked/{record.pk}/").content.decode()
    assert user.email in opened
    assert Event.objects.filter(kind="accounts.locked_seen").count() == 1


def test_nobody_else_opens_one(user):
    record = KeptRecord.objects.create(user=user, part="subscriptions", basis="x", until="2030-12-31")
    for role in ("advisor", "accountant", "staff"):
        browser = Client()
        browser.force_login(UserFactory.create(role=role))
        assert browser.post(f"/staff/locked/{record.pk}/").status_code == 403
