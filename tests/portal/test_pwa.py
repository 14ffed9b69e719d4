"""The portal as an app on a phone: manifest, service worker, offline page."""

import json
import re

import pytest
from django.conf import settings
from PIL import Image

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PUBLIC = settings.BASE_DIR / "frontend" / "public"


def test_the_manifest_carries_the_brand_and_icons_of_the_named_size(client):
    response = client.get("/manifest.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert manifest["name"] == settings.BRAND["name"]
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        with Image.open(PUBLIC / icon["src"].removeprefix("/static/")) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])


def test_another_brand_changes_the_manifest_without_a_template(client, settings):
    settings.BRAND = {**settings.BRAND, "name": "Südwind"}
    assert json.loads(client.get("/manifest.webmanifest").content)["name"] == "Südwind"
    assert "Südwind" in client.get("/").content.decode()


def test_another_brand_colour_comes_as_a_style_sheet_of_our_own(client, settings):
    settings.BRAND = {**settings.BRAND, "colour": "#7a2048"}
    page = client.get("/").content.decode()
    assert 'href="/brand.css?7a2048"' in page
    assert "#7a2048" in client.get("/brand.css").content.decode()


def test_the_service_worker_covers_the_whole_site_and_knows_the_offline_page(client):
    response = client.get("/sw.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    source = response.content.decode()
    listed = re.search(r"const SHELL = (\[.*\]);", source)
    assert listed
    shell = json.loads(listed[1])
    assert shell[0] == "/offline/"
    assert all(address.startswith("/") for address in shell)


def test_the_offline_page_says_nothing_of_whoever_loaded_it(client):
    visitor = client.get("/offline/").content
    client.force_login(UserFactory.create(first_name="Karla", last_name="Lund"))
    assert client.get("/offline/").content == visitor
    assert "Nächster Termin" in visitor.decode()
