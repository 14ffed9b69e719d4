"""Every endpoint of the API document, called with whatever schemathesis makes of it.

Each example is called twice: as it was made, and with the ids of real things in it, so
that it gets past "no such car". Much longer with PORTAL_TEST_ALL=1.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common.rest.throttling import GuestThrottle, PersonThrottle
from portal.wsgi import application
from tests.factories import community, services, subscriptions, vehicles
from tests.factories.accounts import NoticeFactory, UserFactory
from tests.factories.documents import DocumentFactory

AT_LENGTH = os.environ.get("PORTAL_TEST_ALL") == "1"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

document = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
document.app = application
document.config.phases.coverage.enabled = AT_LENGTH  # every method, every boundary of every field

Real = dict[str, Any]
# The path's plural → the noun that bodies and queries use.
NOUNS = {
    "appointments": "appointment",
    "categories": "category",
    "centres": "centre",
    "documents": "document",
    "notifications": "notification",
    "plans": "plan",
    "posts": "post",
    "service-types": "service_type",
    "shares": "share",
    "topics": "topic",
    "transfers": "transfer",
    "vehicles": "vehicle",
}


@pytest.fixture
def house(db, monkeypatch) -> tuple[dict[str, str], Real]:
    """Anna's token and the ids of what she has."""
    for throttle in (GuestThrottle, PersonThrottle):
        monkeypatch.setattr(throttle, "rate", None, raising=False)
    now = timezone.now()
    anna = UserFactory.create()
    client = Client()
    client.force_login(anna)
    car = vehicles.own(anna)
    topic = community.open_topic(now=now, by=community.MemberFactory.create(user=anna).user)
    workshop = services.make_workshop()
    visit = services.AppointmentFactory.create(
        vehicle=car, booked_by=anna, centre=workshop.centre, service_type=workshop.service_type
    )
    plan = subscriptions.offer_plan()
    offered = vehicles.TransferFactory.create(vehicle=car, offered_by=anna, email="berta@example.org")
    nouns = {
        "vehicle": car.pk,
        "topic": topic.pk,
        "post": community.reply(topic, now=now).pk,
        "category": topic.category_id,
        "notification": NoticeFactory.create(user=anna).pk,
        "centre": workshop.centre.pk,
        "document": DocumentFactory.create(by=anna).pk,
        "service_type": workshop.service_type.pk,
        "appointment": visit.pk,
        "share": vehicles.share(car, UserFactory.create()).pk,
        "transfer": offered.pk,
        "plan": plan.plan.code,
    }
    return {"X-Session-Token": str(client.session.session_key)}, nouns


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Served requests give their connection back; these run inside the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@document.parametrize()
@settings(
    max_examples=60 if AT_LENGTH else 6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_endpoint_breaks(case: schemathesis.Case, house: tuple[dict[str, str], Real]) -> None:
    headers, real = house
    call(case, headers)
    make_real(case, real)
    call(case, headers)


def call(case: schemathesis.Case, headers: dict[str, str]) -> None:
    with transaction.atomic():
        case.call_and_validate(headers=headers, checks=CHECKS)
        transaction.set_rollback(True)


def make_real(case: schemathesis.Case, real: Real) -> None:
    noun = NOUNS.get(case.path.split("/")[3], "")
    if case.path_parameters and noun in real:
        case.path_parameters = {**case.path_parameters, "id": str(real[noun])}
    if isinstance(case.body, dict):
        case.body = {key: real.get(key, value) for key, value in case.body.items()}
    if isinstance(case.query, dict):
        case.query = {key: real.get(key, value) for key, value in case.query.items()}
