"""The models that visitors and apps see."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.services import CentreFactory
from tests.factories.subscriptions import offer_plan
from tests.factories.vehicles import VehicleModelFactory

pytestmark = pytest.mark.django_db


def test_a_visitor_sees_models_with_price_range_and_battery(client: Client) -> None:
    VehicleModelFactory.create(code="N5", name="N5", battery_kwh=75, range_km=505, price_cents=46_900_00)
    page = client.get(reverse("shop:home")).content.decode()
    assert "N5" in page
    for fact in ("505\N{NO-BREAK SPACE}km", "75\N{NO-BREAK SPACE}kWh", "ab 46.900\N{NO-BREAK SPACE}€"):
        assert fact in page


def test_models_that_are_no_longer_sold_are_not_shown(client: Client) -> None:
    VehicleModelFactory.create(code="ALT", name="Altes Modell", is_sold=False)
    assert "Altes Modell" not in client.get(reverse("shop:home")).content.decode()
    assert client.get(reverse("shop:model-detail", args=["alt"])).status_code == 404
    assert client.get("/api/v1/models/ALT/").status_code == 404


def test_the_page_says_that_ordering_happens_in_the_houses(client: Client) -> None:
    VehicleModelFactory.create()
    CentreFactory.create(name="Hamburg-Altona", phone="+49 40 0000001")
    page = client.get(reverse("shop:model-detail", args=["n5"])).content.decode()
    assert "Bestellungen nehmen derzeit unsere Servicestandorte auf" in page
    assert "Hamburg-Altona" in page
    assert 'href="tel:+49400000001"' in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_the_page_shows_the_battery_plans_that_fit(client: Client) -> None:
    VehicleModelFactory.create()
    offer_plan(plan={"name_de": "Akku-Abo 75 kWh"})
    offer_plan(plan={"name_de": "Ladepaket", "kind": "charging"})
    page = client.get(reverse("shop:model-detail", args=["n5"])).content.decode()
    assert "Akku-Abo 75 kWh" in page
    assert "Ladepaket" not in page


def test_the_page_without_models_says_so(client: Client) -> None:
    assert "Noch kein Modell im Verkauf" in client.get(reverse("shop:home")).content.decode()


def test_the_api_lists_models_for_everybody_the_least_expensive_first(client: Client) -> None:
    VehicleModelFactory.create(code="N7", name="N7", price_cents=62_900_00)
    VehicleModelFactory.create(code="N5", name="N5", price_cents=46_900_00)
    body = client.get("/api/v1/models/").json()
    assert [model["code"] for model in body["results"]] == ["N5", "N7"]
    assert body["results"][0]["price_cents"] == 46_900_00
    assert client.get("/api/v1/models/N7/").json()["name"] == "N7"


@pytest.mark.parametrize("count", [1, 8])
def test_the_list_takes_one_query_for_one_model_and_for_many(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        VehicleModelFactory.create(code=f"N{number}", name=f"N{number}")
    with django_assert_num_queries(1):
        client.get(reverse("shop:home"))
