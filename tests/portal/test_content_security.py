"""Nothing inline and nothing from elsewhere: the policy and the templates that must obey it."""

import json
import re

import pytest
from django.conf import settings

from common import csp
from portal import navigation
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
# Mail programs know no style sheets of ours, nor does the page that people open from their own disk.
APART = {"export_index.html"}
PAGES = [path for path in TEMPLATES if "email" not in path.parts and path.name not in APART]


def directives(header: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/offline/", "/no-such-page/", "/account/login/", "/manifest.webmanifest"]
)
def test_every_answer_carries_the_strict_policy(client, path):
    policy = directives(client.get(path).headers[csp.HEADER])
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in " ".join(policy.values())


def test_only_the_back_office_may_run_inline_scripts():
    loose = [
        prefix for prefix in csp.EXCEPTIONS if "unsafe-inline" in csp.policy_for(prefix).split("style-src")[0]
    ]
    assert loose == ["/staff/office/"]


def test_a_page_beside_an_exception_stays_strict():
    assert csp.policy_for("/staff/journal/") == csp.policy_for("/")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_templates_have_no_inline_code(path):
    source = path.read_text()
    assert not re.search(r"<style[\s>]", source)
    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    assert not re.search(r"hx-on|javascript:", source)
    for tag in re.findall(r"<script[^>]*>", source):
        assert "src=" in tag or 'type="application/json"' in tag, tag


@pytest.mark.django_db
def test_the_rendered_overview_asks_only_our_own_origin(client):
    owner = UserFactory.create()
    own(owner)
    client.force_login(owner)
    page = client.get("/").content.decode()
    assert not re.search(r"\sstyle=", page)
    for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", page):
        assert address.startswith(("/", "#", "mailto:")), address


def test_every_icon_in_a_template_is_in_the_sprite():
    named = set(re.findall(r'"([a-z0-9-]+)"', (settings.BASE_DIR / "frontend" / "icons.json").read_text()))
    for path in TEMPLATES:
        used = set(re.findall(r"{% icon [\"']([a-z0-9-]+)[\"']", path.read_text()))
        assert used <= named, (path.name, used - named)


def test_icons_of_the_navigation_are_in_the_sprite():
    named = set(json.loads((settings.BASE_DIR / "frontend" / "icons.json").read_text()))
    assert {way.icon for way in (*navigation.OWNER, *navigation.VISITOR, *navigation.STAFF)} <= named
