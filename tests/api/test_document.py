"""The OpenAPI document and its reference page."""

from typing import Any

import pytest
import yaml
from django.test import Client

from portal.settings.rest import SPECTACULAR_SETTINGS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document(django_db_setup: None, django_db_blocker: Any) -> dict:
    """Made once: it is the same for everybody, and takes seconds."""
    with django_db_blocker.unblock():
        response = Client().get("/api/schema/")
    assert response.status_code == 200
    return yaml.safe_load(response.content)


def test_it_is_openapi_3_1_and_open_to_all(document):
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == SPECTACULAR_SETTINGS["TITLE"]


def test_it_names_all_ways_to_sign_in(document):
    schemes = document["components"]["securitySchemes"]
    keys = {(s["in"], s["name"]) for s in schemes.values() if s["type"] == "apiKey"}
    assert keys == {("header", "X-Session-Token"), ("header", "X-Api-Key"), ("cookie", "sessionid")}
    flow = schemes["partner"]["flows"]["authorizationCode"]
    assert "vehicles:read" in flow["scopes"]


def test_partners_find_the_scope_where_they_have_an_entry_and_nothing_elsewhere(document):
    cars = document["paths"]["/api/v1/vehicles/"]
    assert {"partner": ["vehicles:read"]} in cars["get"]["security"]
    assert not [way for way in cars["post"]["security"] if "partner" in way]


def test_every_endpoint_names_its_problems(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            problem = operation["responses"]["400"]["content"]["application/problem+json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/Problem"}, (path, method)


def test_creating_takes_an_idempotency_key(document):
    create = document["paths"]["/api/v1/topics/"]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in create["parameters"]]
    assert "422" in create["responses"]


def test_a_created_thing_is_described_as_it_is_read(document):
    created = document["paths"]["/api/v1/topics/"]["post"]["responses"]["201"]
    read = document["paths"]["/api/v1/topics/{id}/"]["get"]["responses"]["200"]
    assert created["content"] == read["content"]


def test_it_speaks_english_to_everybody(client):
    german, english = (
        client.get("/api/schema/", headers={"Accept-Language": language}).content for language in ("de", "en")
    )
    assert german == english


def test_base_classes_do_not_speak_to_callers(document):
    words = str(document)
    assert "get_queryset" not in words
    assert "create_serializer_class" not in words


def test_the_reference_page_has_no_inline_script(client):
    page = client.get("/api/docs/").content.decode()
    assert "<script>" not in page
    assert "style=" not in page
    assert "//cdn" not in page
