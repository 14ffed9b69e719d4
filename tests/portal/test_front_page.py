"""The front page: no sign-in wall, and found by search engines and share pictures."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.utils import timezone

from subscriptions.models import Plan, PlanVersion
from tests.factories.community import open_topic
from tests.factories.services import CentreFactory
from tests.factories.vehicles import VehicleModelFactory

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_models_houses_and_the_forum_without_signing_in(client):
    VehicleModelFactory.create(code="N7", name="N7", price_cents=58_900_00)
    CentreFactory.create(name="Kiel-Gaarden")
    open_topic(now=timezone.now(), title="Dachbox bei 160 km/h?")
    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "ab 58.900\N{NO-BREAK SPACE}€" in page
    assert "Kiel-Gaarden" in page
    assert "Dachbox bei 160 km/h?" in page


def test_plans_are_shown_with_their_full_price(client):
    plan = Plan.objects.create(code="battery-75", kind="battery", name_de="Akku-Abo 75", name_en="Battery 75")
    PlanVersion.objects.create(
        plan=plan, number=1, valid_from=date(2026, 1, 1), price_cents=16900, published_at=timezone.now()
    )
    page = client.get("/").content.decode()
    assert "Akku-Abo 75" in page
    assert "169,00\N{NO-BREAK SPACE}€" in page


def test_a_visitor_may_switch_to_english(client):
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Leave the battery to us." in client.get("/").content.decode()


def test_the_share_picture_exists(client):
    page = client.get("/").content.decode()
    assert f'property="og:image" content="{settings.PUBLIC_URL}/static/brand/share.png"' in page
    assert (settings.BASE_DIR / "frontend" / "public" / "brand" / "share.png").is_file()


def test_the_sitemap_lists_only_pages_that_a_visitor_may_open(client):
    sitemap = client.get("/sitemap.xml")
    paths = re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", sitemap.content.decode())
    assert "/" in paths
    for path in paths:
        assert client.get(path).status_code == 200, path


def test_robots_keep_out_of_accounts_and_find_the_sitemap(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /account/" in text
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in text


def test_the_front_page_costs_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get("/")
