"""Whatever goes wrong below /api/ is a problem by RFC 9457, never a page and never a 500."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from common.rest.throttling import GuestThrottle
from tests.factories.community import CategoryFactory

pytestmark = pytest.mark.django_db


def assert_problem(response, status: int, code: str | None = None) -> dict:
    assert response.status_code == status, response.content[:300]
    assert response["Content-Type"].startswith("application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert {"type", "title", "code", "detail"} <= set(problem)
    if code:
        assert problem["code"] == code
    return problem


def post(client: Client, path: str, body: str | bytes | dict, **headers: str):
    raw = json.dumps(body) if isinstance(body, dict) else body
    return client.post(path, raw, content_type="application/json", headers=headers)


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/nothing/", "/api/v1/topics/0/nothing/"])
def test_an_unknown_address(api, path):
    assert_problem(api.get(path), 404, "not_found")


def test_without_a_sign_in_one_is_told_how(client):
    response = client.get("/api/v1/me/")
    assert_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("X-Session-Token")


def test_a_token_that_ended_is_a_401(client):
    assert_problem(client.get("/api/v1/me/", headers={"X-Session-Token": "gone"}), 401)


def test_without_the_csrf_token_a_cookie_writes_nothing(anna):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    assert_problem(post(client, "/api/v1/topics/", {}), 403, "permission_denied")


def test_a_wrong_method(api):
    assert_problem(api.delete("/api/v1/me/"), 405, "method_not_allowed")


def test_a_wrong_content_type(api):
    assert_problem(api.post("/api/v1/topics/", {"title": "x"}), 415, "unsupported_media_type")


def test_wrong_data_names_its_fields(api):
    problem = assert_problem(post(api, "/api/v1/topics/", {}), 400, "invalid")
    assert {"category", "title", "text"} <= set(problem["errors"])


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null",
        '"text"',
        "NaN",
        '{"title": NaN}',
        "[" * 100_000,
        '{"a":' * 50_000,
        "9" * 5000,
        b"\xff\xfe",
        "{} {}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_our_json(api, body):
    assert_problem(post(api, "/api/v1/topics/", body), 400)


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "\\udfff tail"])
@pytest.mark.parametrize("field", ["title", "text", "category", "extra"])
def test_text_that_the_database_cannot_hold(api, text, field):
    category = CategoryFactory.create()
    body = {"category": category.slug, "title": "Reichweite", "text": "Wie weit?", field: "HERE"}
    assert_problem(post(api, "/api/v1/topics/", json.dumps(body).replace("HERE", text)), 400)


@pytest.mark.parametrize(
    "wrong", ["9" * 30, "-1", "0", "1e400", "%00", "a%00b", "äöü", "%ED%A0%80", "' OR 1=1"]
)
@pytest.mark.parametrize("thing", ["vehicles", "topics", "appointments", "shares"])
def test_ids_that_cannot_be(api, thing, wrong):
    assert_problem(api.get(f"/api/v1/{thing}/{wrong}/"), 404)


@pytest.mark.parametrize("query", ["topic=abc", "topic=%00", "topic=1e400", "topic=NaN"])
def test_filters_that_cannot_be(api, query):
    assert_problem(api.get(f"/api/v1/posts/?{query}"), 400)


@pytest.mark.parametrize("cursor", ["x", "%00", "cD1hYmM=", "bz0tMQ==", "cD0wMDAwLTAwLTAw", "9" * 5000])
@pytest.mark.parametrize("thing", ["vehicles", "topics", "categories", "appointments"])
def test_cursors_that_this_list_never_gave_out(api, thing, cursor):
    response = api.get(f"/api/v1/{thing}/?cursor={cursor}")
    if response.status_code != 200:  # an odd cursor may still be a readable one
        assert_problem(response, 400)


@pytest.mark.parametrize("size", ["0", "-1", "abc", "999999999999999999999"])
def test_page_sizes_that_cannot_be(api, size):
    assert api.get(f"/api/v1/topics/?page_size={size}").status_code == 200


def test_too_many_calls(client, monkeypatch):
    monkeypatch.setattr(GuestThrottle, "rate", "2/min", raising=False)
    CategoryFactory.create()
    assert [client.get("/api/v1/categories/").status_code for _ in range(3)] == [200, 200, 429]
    response = client.get("/api/v1/categories/")
    assert_problem(response, 429, "throttled")
    assert int(response["Retry-After"]) > 0


def test_a_made_up_address_does_not_reset_the_limit(client, monkeypatch):
    monkeypatch.setattr(GuestThrottle, "rate", "2/min", raising=False)
    answers = [
        client.get("/api/v1/categories/", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
        for n in range(3)
    ]
    assert answers == [200, 200, 429]


def test_the_limit_is_kept_in_valkey_for_all_processes(client):
    client.get("/api/v1/categories/")
    assert cache.get("throttle_anon_127.0.0.1")


def test_a_larger_request_than_we_read(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert_problem(post(api, "/api/v1/topics/", {"text": "x" * 2000}), 413, "too_large")
