"""Walks every address of the house, pages and API, as a visitor and with every role.

What it expects comes from the views themselves (``permission``), from the table of
permissions, and from the list of public addresses below, which is the one place to look
for what visitors may see. How a refusal looks is tested with the error pages (tests/portal).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from drf_spectacular.generators import SchemaGenerator

from accounts.cases import queues
from accounts.permissions import PERMISSIONS, Role
from tests.factories.accounts import UserFactory, company, member
from tests.factories.vehicles import ShareFactory, own, own_for, share

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.architecture.bare_urls")]

# Everything that is open without signing in. All else asks for it.
PUBLIC = {
    "/": "front page for visitors",
    "/theme/": "light or dark",
    "/language/": "German or English",
    "/offline/": "shown without a network",
    "/manifest.webmanifest": "installing the app",
    "/sw.js": "installing the app",
    "/brand.css": "the brand's colours",
    "/robots.txt": "search engines",
    "/sitemap.xml": "search engines",
    "/imprint/": "DDG §5",
    "/legal/": "terms, privacy and the like, for everybody",
    "/brand/": "the brand's sign and the icons drawn from it",
    "/setup/": "the first administrator, behind a link from the server's terminal",
    "/team/": "invited colleagues, behind the link of their mail; accepting asks for sign-in",
    "/cancel/": "BGB §312k: without signing in",
    "/withdraw/": "BGB §356a: without signing in",
    "/dev/": "only in the dev house",
    "/healthz": "for the machines that watch",
    "/readyz": "for the machines that watch",
    "/metrics": "for the machines that watch, with a token",
    "/account/login/": "signing in",
    "/account/logout/": "signing out twice is no error",
    "/account/inactive/": "signing in",
    "/account/signup/": "signing up",
    "/account/confirm-email/": "signing up",
    "/account/password/reset/": "a forgotten password",
    "/account/2fa/authenticate/": "signing in",
    "/account/2fa/webauthn/login/": "signing in",
    "/account/2fa/webauthn/signup/": "signing up",
    "/account/3rdparty/login/cancelled/": "signing in elsewhere",
    "/account/3rdparty/signup/": "signing in elsewhere",
    "/account/social/": "old addresses of the above",
    "/account/oidc/": "signing in elsewhere",
    "/_allauth/": "apps: every answer says itself whether it needs a session",
    "/.well-known/": "OpenID Connect discovery",
    "/identity/": "OpenID Connect, checked by its own protocol",
    "/community/": "the forum can be read by everybody",
    "/service/": "houses and their hours; booking asks for sign-in",
    "/subscriptions/": "plans and prices; subscribing asks for sign-in",
    "/shop/": "models and prices",
    "/documents/": "some kinds are for everybody; each says who may read it",
    "/contact/": "reaching us without an account",
    "/request/": "a guest's request, behind its unguessable token",
    "/welcome/": "taking over one's data, behind the unguessable link of our mail",
    "/batteries/": "the public part of a battery's passport, Regulation (EU) 2023/1542",
    "/received/": "the receipt of a cancellation, behind its unguessable token",
    "/api/schema/": "the API's description",
    "/api/docs/": "the API's description",
    "/api/v1/centres/": "houses and their hours",
    "/api/v1/service-types/": "what they do",
    "/api/v1/plans/": "plans and prices",
    "/api/v1/categories/": "the forum can be read by everybody",
    "/api/v1/topics/": "the forum can be read by everybody",
    "/api/v1/posts/": "the forum can be read by everybody",
    "/api/v1/reports/": "DSA article 16: everybody may report",
}
# Below these only what says `public` itself is open.
MIXED = ("/community/", "/service/", "/subscriptions/", "/shop/", "/api/v1/")
BACK_OFFICE = "staff/office/"
FINE = {200, 201, 204, 301, 302, 303, 304, 400, 404, 405, 409, 415, 422}


@pytest.fixture(scope="module", autouse=True)
def _one_document() -> Iterator[None]:
    """The API's description is the same for everybody, and takes a second: made for the first who asks."""
    with pytest.MonkeyPatch.context() as patched:
        made: list[Any] = []
        original = SchemaGenerator.get_schema

        def get_schema(self: SchemaGenerator, request: Any = None, public: bool = False) -> Any:
            if not public:  # then it would depend on who asks
                return original(self, request=request, public=public)
            if not made:
                made.append(original(self, request=request, public=public))
            return made[0]

        patched.setattr(SchemaGenerator, "get_schema", get_schema)
        yield


@dataclass(frozen=True)
class Address:
    path: str
    view: Any
    permission: Any
    public: bool

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1/")

    def permissions(self) -> set[str]:
        if isinstance(self.permission, str):
            return {self.permission}
        return set(self.permission.values()) if isinstance(self.permission, dict) else set()


def _leaves(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _leaves(entry.url_patterns, route)
        else:
            yield route, entry


def _filled(route: str) -> str:
    """A path for a route: 1 for numbers and regex groups, words for words."""
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", route)
    path = re.sub(r"<int:\w+>", "1", path)
    path = re.sub(r"<date:\w+>", "2026-11-24", path)
    path = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", path)
    path = re.sub(r"<(\w+:)?\w+>", "x", path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\.", ".")


@cache
def addresses() -> list[Address]:
    found = []
    for route, pattern in _leaves(get_resolver().url_patterns):
        if route.startswith(BACK_OFFICE):
            continue
        call = pattern.callback
        view = getattr(call, "view_class", None) or getattr(call, "cls", None)
        public = getattr(view, "public", False)
        found.append(
            Address(
                path=_filled(route),
                view=view,
                permission=getattr(view, "permission", None),
                # A property decides by the request: reading is public there, writing is not.
                public=public is True or isinstance(public, property),
            )
        )
    return found


def ours() -> list[Address]:
    """Views of our own; allauth's know no roles, nor do those that speak OpenID with programs."""
    return [
        a
        for a in addresses()
        if a.view is not None and not a.view.__module__.startswith(("allauth", "accounts.partners.identity_"))
    ]


def is_listed(address: Address) -> bool:
    exact = address.path in PUBLIC
    below = any(address.path.startswith(start) for start in PUBLIC if start not in MIXED and start != "/")
    mixed = any(address.path.startswith(start) for start in MIXED)
    return exact or below or (mixed and address.public)


def asks_to_sign_in(answer: Any) -> bool:
    return answer.status_code in (401, 403) or (
        answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    )


def test_what_is_public_is_written_down_here() -> None:
    silent = [a.path for a in ours() if a.public and not is_listed(a)]
    assert not silent, f"public, but not in the list of this file: {silent}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_asked_to_sign_in_everywhere_else(method: str) -> None:
    client = Client(raise_request_exception=False)
    broken, open_doors = [], []
    for address in addresses():
        answer = getattr(client, method)(address.path)
        if answer.status_code >= 500 and answer.status_code != 503:
            broken.append((address.path, answer.status_code))
        elif not is_listed(address) and not asks_to_sign_in(answer):
            open_doors.append((address.path, answer.status_code))
    assert not broken
    assert not open_doors


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_exactly_what_the_table_says(role: Role) -> None:
    user = UserFactory.create(role=role)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    wrong = []
    for address in ours():
        # What names no permission treats all roles alike: one of them posts there for all.
        posts = address.permissions() or (role == Role.OWNER and not address.path.startswith("/account/"))
        for method in ("get", "post") if posts else ("get",):
            answer = getattr(client, method)(address.path)
            if not _as_expected(address, method, role, answer.status_code):
                wrong.append((method, address.path, answer.status_code))
    assert not wrong


def _as_expected(address: Address, method: str, role: Role, status: int) -> bool:
    if status == 503 and address.path == "/readyz":
        return True
    if isinstance(address.permission, str):
        if role not in PERMISSIONS[address.permission]:
            return status in (403, 405) if address.is_api else status == 403
        return status in FINE
    # Without a named permission 403 may still be a rule of the house (a guest's post, a metrics token).
    return status in FINE or (
        status == 403 and not (method == "get" and address.path.startswith("/account/"))
    )


PERSONAS = ("administrator", "fleet", "driver", "guest")


def persona(name: str) -> tuple[Any, Any, Any]:
    """Somebody who acts for an organisation with a car, or with whom a car is shared; the organisation
    and the car."""
    boss = UserFactory.create()
    organisation = company(boss)
    if name == "guest":
        guest, car = UserFactory.create(), own(boss)
        share(car, guest)
        return guest, organisation, car
    car = own_for(organisation)
    person = member(organisation, name)
    if name == "driver":
        ShareFactory.create(vehicle=car, user=person, given_by=boss, organisation=organisation)
    return person, organisation, car


@pytest.mark.parametrize("name", PERSONAS)
def test_members_of_organisations_and_guests_of_a_car_get_what_every_owner_gets(name: str) -> None:
    """A role in an organisation opens nothing of the house itself."""
    client = Client(raise_request_exception=False)
    client.force_login(persona(name)[0])
    wrong = []
    for address in ours():
        status = client.get(address.path).status_code
        if not _as_expected(address, "get", Role.OWNER, status):
            wrong.append((address.path, status))
    assert not wrong


RUNS, SEES = {"administrator", "fleet"}, set(PERSONAS)
# Pages of one car or organisation, and for whom they exist; all others get a 404.
THEIRS = {
    "vehicles:vehicle-detail": SEES,
    "vehicles:vehicle-edit": RUNS,
    "vehicles:vehicle-access": RUNS,
    "vehicles:transfer-offer": {"administrator"},
    "vehicles:vehicle-release": {"administrator"},
    "accounts:organisation-detail": RUNS | {"driver"},
    "accounts:organisation-edit": {"administrator"},
    "accounts:organisation-address": {"administrator"},
    "accounts:member-invite": {"administrator"},
}


@pytest.mark.parametrize("name", [*PERSONAS, "stranger"])
def test_each_page_of_a_car_and_an_organisation_exists_for_those_it_concerns(name: str) -> None:
    person, organisation, car = persona(name if name in PERSONAS else "administrator")
    client = Client()
    client.force_login(person if name in PERSONAS else UserFactory.create())
    wrong = []
    for page, people in THEIRS.items():
        thing = organisation if page.startswith("accounts:") else car
        status = client.get(reverse(page, args=[thing.pk])).status_code
        # Giving a car away asks for a fresh sign-in first.
        if status not in ((200, 302) if name in people else (404,)):
            wrong.append((page, status))
    assert not wrong


def test_allauth_s_pages_know_no_roles_and_open_without_errors() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.create())
    broken = []
    for address in addresses():
        if address.path.startswith("/account/") and "logout" not in address.path:
            status = client.get(address.path).status_code
            if status not in FINE and address.path != "/account/3rdparty/login/error/":  # its page is a 401
                broken.append((address.path, status))
    assert not broken


def test_every_permission_of_the_table_guards_something() -> None:
    used = set().union(*(address.permissions() for address in addresses())) | {"accounts.enter_back_office"}
    used |= {queue.permission for queue in queues.all_queues()}
    used |= {office_permission(model_admin) for model_admin in admin.site._registry.values()}
    assert used <= set(PERMISSIONS)
    assert set(PERMISSIONS) <= used, f"guards nothing: {sorted(set(PERMISSIONS) - used)}"


def office_permission(model_admin: Any) -> str:
    """Pages of the back office that not only administrators need name their permission."""
    return getattr(model_admin, "permission", "accounts.see_back_office")


@pytest.mark.parametrize("role", list(Role))
def test_the_back_office_shows_each_role_what_the_table_says(role: Role) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.create(role=role))
    wrong = []
    for model, model_admin in admin.site._registry.items():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        status = client.get(path, follow=True).status_code
        if status != (200 if role in PERMISSIONS[office_permission(model_admin)] else 403):
            wrong.append((path, status))
    assert not wrong
    entered = client.get(reverse("admin:index"), follow=True).status_code == 200
    assert entered == (role in PERMISSIONS["accounts.enter_back_office"])
