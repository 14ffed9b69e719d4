"""What supervisors, load balancers and scrapers are told, and what strangers are not."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings

from portal import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker_alive() -> None:
    cache.set(heartbeat.KEY, 0.0, timeout=heartbeat.FRESH)


def test_alive_asks_nothing_of_others(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_when_all_is_there(client: Client, worker_alive: None) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "checks": {"database": "ok", "valkey": "ok", "worker": "ok", "migrations": "ok"},
    }


def test_not_ready_without_a_worker(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["worker"] == "failed"


def test_not_ready_while_a_migration_is_missing(client: Client, worker_alive: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'journal' AND name LIKE '0001%%'")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "failed"


def test_an_unreachable_valkey_is_an_answer_without_details(client: Client) -> None:
    nowhere = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9",
        }
    }
    with override_settings(CACHES=nowhere):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["valkey"] == "failed"
    assert b"127.0.0.1" not in response.content


def test_metrics_count_requests_by_view(client: Client) -> None:
    client.get("/healthz")

    body = client.get("/metrics").content.decode()

    assert 'portal_requests_total{method="GET",status="200",view="healthz"}' in body


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-proto": "https"},
        {"x-forwarded-proto": "https", "authorization": "Bearer wrong"},
        {"x-forwarded-proto": "https", "authorization": "Bearer "},
    ],
)
def test_metrics_are_not_there_for_the_public(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/metrics", headers=headers).status_code == 404


def test_metrics_are_not_there_for_another_machine(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404


@override_settings(METRICS_TOKEN="a-token-of-some-length")
def test_metrics_are_there_with_the_token(client: Client) -> None:
    headers = {"x-forwarded-proto": "https", "authorization": "Bearer a-token-of-some-length"}

    assert client.get("/metrics", headers=headers).status_code == 200
