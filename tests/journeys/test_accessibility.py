"""axe-core finds nothing on any page, in both themes toggled in one load, at phone and desktop width.

Visitors and owners open all that is theirs; a page for staff is looked at by the first of our
people who may open it. Before a release (bin/test --all) by everybody who may.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

from accounts.permissions import PERMISSIONS, Role

ALL = os.environ.get("PORTAL_TEST_ALL") == "1"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"type": "tag", "values": RULES}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
# Two frames later the new colours are there.
SHOW_IN = """theme => new Promise(done => {
    document.documentElement.setAttribute("data-theme", theme);
    requestAnimationFrame(() => requestAnimationFrame(done));
})"""
# Not pages of ours: machine-readable answers, files, the library's back office, what only redirects.
LEFT_OUT = (
    "_allauth/",
    "api/v1/",
    "api/schema/",
    "api/docs/",  # Swagger UI, as its makers ship it
    "staff/office/",
    "identity/",
    ".well-known/",
    "static/",
    "media/",
)
WHO = {
    "visitor": None,
    "owner": "owner@demo.example",
    "staff": "staff@demo.example",
    "moderator": "moderator@demo.example",
    "advisor": "advisor@demo.example",
    "admin": "admin@demo.example",
}
COLLEAGUES = {
    "staff": Role.STAFF,
    "moderator": Role.MODERATOR,
    "advisor": Role.ADVISOR,
    "admin": Role.ADMINISTRATOR,
}
# Public pages that show somebody who is signed in more than they show visitors.
DIFFER = ("/community/", "/service/", "/subscriptions/", "/shop/")


def plain_paths() -> list[str]:
    """Every URL without parameters; those with an id are reached by following links."""
    found: list[str] = []

    def walk(patterns: list[Any], prefix: str) -> None:
        for entry in patterns:
            here = prefix + str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, here)
            elif isinstance(entry, URLPattern) and not any(c in here for c in "<(?*"):
                found.append(here)

    walk(get_resolver().url_patterns, "")
    return sorted({p for p in found if not p.startswith(LEFT_OUT)})


def violations(page: Page, asked: dict[str, Any] = EVERYTHING) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # Without preload: our style sheets are all of our own origin, nothing is fetched again.
    options = {"runOnly": asked, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(options).then(result => result.violations)", options)
    return [describe(violation) for violation in found]


def describe(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    return f"{violation['id']} ({len(nodes)}): {nodes[0]['html'][:160]} {nodes[0]['failureSummary'][:200]}"


def is_page(page: Page, path: str) -> bool:
    """A page of this reader: not a redirect, a refusal, a file, a fragment, or for POST only."""
    answer = page.request.get(path, max_redirects=0)
    is_html = answer.status == 200 and "text/html" in answer.headers.get("content-type", "")
    return is_html and "<html" in answer.text()


def examine(page: Page, path: str, problems: list[str]) -> None:
    """The page that is open, in both themes; the second changes colours alone."""
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if width > 0:
        problems.append(f"{path}: {width} px too wide")
    for theme, asked in (("nordlicht", EVERYTHING), ("nordlicht-dark", COLOURS)):
        page.evaluate(SHOW_IN, theme)
        problems += [f"{path} [{theme}] {line}" for line in violations(page, asked)]


def detail_paths(page: Page, seen_shapes: set[str]) -> list[str]:
    """Links of the open page to things with an id, one of each shape."""
    links = page.eval_on_selector_all("main a[href^='/']", "links => links.map(a => a.getAttribute('href'))")
    found = []
    for link in links:
        clean = link.split("#")[0]
        shape = "/".join("#" if any(c.isdigit() for c in part) else part for part in clean.split("/"))
        if (
            "#" in shape
            and shape not in seen_shapes
            and not clean.startswith(tuple("/" + x for x in LEFT_OUT))
        ):
            seen_shapes.add(shape)
            found.append(clean)
    return found


def is_for(who: str, path: str) -> bool:
    """Whether this reader is the one who looks at it."""
    view = getattr(resolve(path.partition("?")[0]).func, "view_class", None)
    permission = getattr(view, "permission", None)
    if who == "visitor":
        return not permission
    if who == "owner":
        return not permission and (
            not getattr(view, "public", False) or path == "/" or path.startswith(DIFFER)
        )
    if not path.startswith("/staff/"):
        return False
    may = [name for name, role in COLLEAGUES.items() if not permission or role in PERMISSIONS[permission]]
    return who in may[:1] or (ALL and who in may)


def speak(page: Page, language: str) -> None:
    """The switch in the frame; for people it changes their account too."""
    page.goto("/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    page.request.post("/language/", form={"language": language, "next": "/", "csrfmiddlewaretoken": token})


# Which pages: German at a phone's width always; before a release English and a desktop as well.
WAYS = [("de", True), ("de", False), ("en", True)] if ALL else [("de", True)]


@pytest.mark.parametrize(("language", "phone"), WAYS)
@pytest.mark.parametrize("who", list(WHO))
def test_no_page_has_a_violation(visit: Callable[..., Page], who: str, language: str, phone: bool) -> None:
    page = visit(WHO[who], phone=phone)
    speak(page, language)
    problems: list[str] = []
    shapes: set[str] = set()
    plain = [f"/{p}" for p in plain_paths() if "logout" not in p]
    pages = [p for p in plain if is_for(who, p) and is_page(page, p)]
    details: list[str] = []
    assert pages, "no page at all"
    for path in pages:
        page.goto(path)
        details += detail_paths(page, shapes)
        examine(page, path, problems)
    for path in details:
        if is_for(who, path) and is_page(page, path):
            page.goto(path)
            examine(page, path, problems)
    assert page.locator("html").get_attribute("lang") == language
    speak(page, "de")
    assert not problems, "\n".join(problems)
