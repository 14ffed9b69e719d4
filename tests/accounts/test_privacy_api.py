"""Copies and leaving in the API: the same functions as the pages."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Export
from accounts.privacy import erasing, exports
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory.create()


@pytest.fixture
def api(user):
    browser = Client()
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser


def test_a_copy_is_asked_for_listed_and_fetched(api, user):
    asked = api.post("/api/v1/exports/", content_type="application/json")
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    again = api.post("/api/v1/exports/", content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "export_running")
    pk = asked.json()["id"]
    assert api.get(f"/api/v1/exports/{pk}/download/").status_code == 404
    exports.build_export(export_id=pk, now=timezone.now())
    assert api.get("/api/v1/exports/").json()["results"][0]["state"] == "ready"
    fetched = api.get(f"/api/v1/exports/{pk}/download/")
    assert b"".join(fetched.streaming_content)[:2] == b"PK"


def test_the_same_key_asks_once(api, user):
    first, second = (
        api.post("/api/v1/exports/", content_type="application/json", headers={"Idempotency-Key": "k1"})
        for _time in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert Export.objects.count() == 1


def test_somebody_else_s_copy_is_a_404(api):
    export = exports.request_export(by=UserFactory.create(), now=timezone.now())
    for path in ("", "download/"):
        assert api.get(f"/api/v1/exports/{export.pk}/{path}").status_code == 404


def test_without_a_fresh_sign_in_it_is_refused_with_a_code(user):
    browser = Client()
    browser.force_login(user)
    for path in ("/api/v1/exports/", "/api/v1/me/erasure/"):
        answer = browser.post(path, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_again")


def test_leaving_is_planned_seen_and_called_off(api, user):
    assert api.get("/api/v1/me/erasure/").json() == {"planned": None, "holds": []}
    planned = api.post("/api/v1/me/erasure/", content_type="application/json")
    assert (planned.status_code, planned.json()["reason"]) == (201, "asked")
    assert api.get("/api/v1/me/erasure/").json()["planned"]["due_at"] == planned.json()["due_at"]
    twice = api.post("/api/v1/me/erasure/", content_type="application/json")
    assert (twice.status_code, twice.json()["code"]) == (409, "erasure_planned")
    assert api.delete("/api/v1/me/erasure/").status_code == 204
    assert api.delete("/api/v1/me/erasure/").status_code == 404
    assert erasing.plan_of(user) is None


def test_what_is_in_the_way_has_a_code(api, user):
    own(user)
    assert [hold["code"] for hold in api.get("/api/v1/me/erasure/").json()["holds"]] == ["car_owned"]
    refused = api.post("/api/v1/me/erasure/", content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "erasure_held")


def test_the_list_takes_as_many_queries_with_many_as_with_one(api, user, django_assert_max_num_queries):
    for _number in range(3):
        Export.objects.create(user=user, state=Export.State.EXPIRED, requested_at=timezone.now())
    api.get("/api/v1/exports/")
    with django_assert_max_num_queries(4):
        assert len(api.get("/api/v1/exports/").json()["results"]) == 3
