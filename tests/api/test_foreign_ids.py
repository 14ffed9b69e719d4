"""Whoever names somebody else's thing in a body gets a 404, as in an address; and does nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from rest_framework import serializers

from common.rest.fields import VisibleField
from common.rest.views import CreateMixin
from community.models import Category
from journal.models import Event
from tests.factories.accounts import UserFactory, company
from tests.factories.community import CategoryFactory, open_topic
from tests.factories.documents import DocumentFactory
from tests.factories.estimates import visit_in_house
from tests.factories.services import coming_thursday, make_car, make_workshop
from tests.factories.subscriptions import offer_plan
from vehicles import claims

pytestmark = pytest.mark.django_db
# Each creating endpoint, and the fields of its body that name something.
NAMING = {
    "/api/v1/appointments/": ("vehicle", "centre", "service_types"),
    "/api/v1/messages/": ("appointment",),
    "/api/v1/subscriptions/": ("vehicle", "plan"),
    "/api/v1/shares/": ("vehicle",),
    "/api/v1/member-invitations/": ("organisation",),
    "/api/v1/transfers/": ("vehicle",),
    "/api/v1/claims/": ("document",),
    "/api/v1/topics/": ("category",),
    "/api/v1/posts/": ("topic",),
    "/api/v1/reports/": ("post",),
}


def closed_topic() -> Any:
    """In a category that only staff read."""
    category = CategoryFactory.create(
        slug="inside", read_access=Category.Access.ROLES, read_roles=["moderator"]
    )
    return open_topic(category=category, by=UserFactory.create(role="moderator"), now=timezone.now())


@pytest.fixture
def world(anna: Any) -> dict[str, dict[str, Any]]:
    """For each endpoint a body that works, and for each field somebody else's thing."""
    stranger = UserFactory.create()
    workshop, mine, theirs = make_workshop(), make_car(anna), make_car(stranger)
    elsewhere = make_workshop()
    elsewhere.centre.is_active = elsewhere.service_type.is_active = False
    elsewhere.centre.save()
    elsewhere.service_type.save()
    hidden = closed_topic()
    plan = offer_plan().plan
    topic = open_topic(now=timezone.now())
    return {
        "/api/v1/appointments/": {
            "good": {
                "vehicle": mine.pk,
                "centre": workshop.centre.pk,
                "service_types": [workshop.service_type.pk],
                "starts_at": f"{coming_thursday()}T13:00:00+01:00",
                "early_start": True,
            },
            "vehicle": theirs.pk,
            "centre": elsewhere.centre.pk,
            "service_types": [elsewhere.service_type.pk],
        },
        "/api/v1/messages/": {
            "good": {"appointment": visit_in_house(workshop, anna, mine).pk, "text": "Es klappert."},
            "appointment": visit_in_house(workshop, stranger, theirs).pk,
        },
        "/api/v1/subscriptions/": {
            "good": {"plan": plan.code, "vehicle": mine.pk},
            "vehicle": theirs.pk,
            "plan": "nobody-s-plan",
        },
        "/api/v1/member-invitations/": {
            "good": {"organisation": company(anna).pk, "email": "ben@example.org", "role": "driver"},
            "organisation": company(UserFactory.create()).pk,
        },
        "/api/v1/shares/": {
            "good": {"vehicle": mine.pk, "email": "ben@example.org", "rights": ["drive"]},
            "vehicle": theirs.pk,
        },
        "/api/v1/transfers/": {
            "good": {"vehicle": mine.pk, "email": "ben@example.org"},
            "vehicle": theirs.pk,
        },
        "/api/v1/claims/": {
            "good": {
                "vin": theirs.vin,
                "document": DocumentFactory.create(by=anna, kind=claims.DOCUMENT_KIND).pk,
            },
            "document": DocumentFactory.create(by=UserFactory.create(), kind=claims.DOCUMENT_KIND).pk,
        },
        "/api/v1/topics/": {
            "good": {"category": topic.category.slug, "title": "Reichweite bei Frost", "text": "Wie weit?"},
            "category": hidden.category.slug,
        },
        "/api/v1/posts/": {"good": {"topic": topic.pk, "text": "Bei mir 320 km."}, "topic": hidden.pk},
        "/api/v1/reports/": {
            "good": {
                "post": topic.posts.get().pk,
                "reason": "insult",
                "explanation": "Das ist eine Beleidigung.",
                "good_faith": True,
            },
            "post": hidden.posts.get().pk,
        },
    }


def send(client: Client, url: str, body: dict[str, Any]) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("unknown", [False, True], ids=["foreign", "unknown"])
@pytest.mark.parametrize(("url", "field"), [(url, field) for url, named in NAMING.items() for field in named])
def test_somebody_elses_thing_does_not_exist(api, world, url, field, unknown):
    case = world[url]
    other = case[field] if not unknown or isinstance(case[field], str) else 2**62
    if isinstance(case[field], list) and unknown:
        other = [2**62]
    before = Event.objects.count()
    answer = send(api, url, {**case["good"], field: other})
    assert answer.status_code == 404, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]
    assert Event.objects.count() == before


# A transfer asks for a fresh sign-in besides: see tests/vehicles/test_api.py.
@pytest.mark.parametrize("url", sorted(NAMING.keys() - {"/api/v1/transfers/"}))
def test_the_same_body_with_ones_own_things_works(api, world, url):
    assert send(api, url, world[url]["good"]).status_code == 201


def test_what_is_no_id_at_all_is_an_error_of_its_field(api, world):
    answer = send(api, "/api/v1/shares/", {**world["/api/v1/shares/"]["good"], "vehicle": "mine"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["vehicle"]


def creating_views() -> Iterator[tuple[str, Any]]:
    def walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            address = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, address)
            elif issubclass(getattr(pattern.callback, "cls", object), CreateMixin):
                yield address, pattern.callback.cls

    yield from walk(get_resolver().url_patterns, "/")


def test_every_creating_endpoint_points_at_things_by_the_shared_field():
    found = dict(creating_views())
    assert len(found) >= len(NAMING)
    for address, view in found.items():
        for name, field in view.create_serializer_class().fields.items():
            points = isinstance(field, serializers.RelatedField)
            assert not points or isinstance(field, VisibleField), f"{address}: {name}"
