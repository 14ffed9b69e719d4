"""A cold page weighs at most 150 kB over the wire, fonts included, pictures excluded."""

import gzip
import json
import re

import pytest
from django.conf import settings

from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own

DIST = settings.BASE_DIR / "frontend" / "dist"
MOST = 150_000  # bytes


def wire_size(path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content))


@pytest.mark.django_db
def test_the_overview_is_light(client):
    owner = UserFactory.create()
    own(owner)
    client.force_login(owner)
    page = client.get("/").content
    linked = set(re.findall(rb'(?:href|src)="/static/([^"#]+\.(?:css|js|woff2|svg))', page))
    files = [DIST / name.decode() for name in linked]
    assert any(file.suffix == ".woff2" for file in files)
    assert len(gzip.compress(page)) + sum(wire_size(file) for file in files) <= MOST


def test_the_style_sheet_loads_nothing_by_data_address():
    manifest = json.loads((DIST / ".vite" / "manifest.json").read_text())
    for name in manifest["frontend/main.js"]["css"]:
        sources = re.findall(r"url\(([^)]*)\)", (DIST / name).read_text())
        assert all(source.strip("\"'").startswith("/static/") for source in sources)
