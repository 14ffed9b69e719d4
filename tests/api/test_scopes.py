"""A partner's access token reaches what its scopes name, and nothing else; pages never know it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from accounts import sessions
from accounts.models import Connection
from accounts.partners import connections
from accounts.partners.partner_scopes import OPENID, SCOPES
from common.rest.permissions import scope_of
from journal.models import Event
from tests.accounts.partner_house import registered
from tests.architecture.test_roles_walk import _filled, _leaves
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.services import coming_thursday, make_car, make_workshop

pytestmark = pytest.mark.django_db

EVERYTHING = [name for name in SCOPES if name != OPENID]
METHODS = ("get", "post", "put", "patch", "delete")


def token_for(user: Any, *scopes: str, reach: list[str] | None = None, name: str = "Ladefuchs") -> str:
    """An access token as a sign-in leaves it; ``reach`` is what partner and person allow."""
    allowed = EVERYTHING if reach is None else reach
    partner = registered(*allowed, name=name).partner
    now = timezone.now()
    connections.connect_service(by=user, partner=partner, asked=allowed, allowed=allowed, now=now)
    value = f"token-{Token.objects.count()}"
    token = Token(type="at", client=partner.client, user=user, expires_at=now + timedelta(minutes=10))
    token.set_value(value)
    token.set_scopes([OPENID, *scopes])
    token.save()
    return value


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def _leads_somewhere(path: str) -> bool:
    """Some routes take only certain words, which the walk does not know."""
    try:
        return bool(resolve(path))
    except Resolver404:
        return False


def endpoints() -> list[tuple[str, str, Any, str]]:
    """Every address of the API: path, method, view, action."""
    found = []
    patterns: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    for route, pattern in _leaves(patterns):
        if not route.startswith("api/v1/") or not _leads_somewhere(_filled(route)):
            continue
        call: Any = pattern.callback
        actions = getattr(call, "actions", None) or {m: m for m in METHODS if hasattr(call.view_class, m)}
        view = getattr(call, "cls", None) or call.view_class
        # HEAD is GET without its body.
        found += [
            (_filled(route), method, view, action) for method, action in actions.items() if method != "head"
        ]
    return found


def needed(view: Any, method: str, action: str) -> str:
    stand_in = view()
    stand_in.action = action
    return scope_of(stand_in, method)


def test_an_endpoint_that_names_no_scope_is_closed_even_to_a_token_that_may_everything(anna: Any) -> None:
    value = token_for(anna, *EVERYTHING)
    client = Client(raise_request_exception=False)
    asked, wrong = 0, []
    for path, method, view, action in endpoints():
        if needed(view, method, action):
            continue
        asked += 1
        answer = client.generic(method.upper(), path, headers=bearer(value))
        if answer.status_code != 403 or answer.json().get("code") != "insufficient_scope":
            wrong.append((method, path, answer.status_code))
    assert not wrong
    assert asked > 20


def test_every_declared_scope_is_in_the_table_and_refused_without_it(anna: Any) -> None:
    value = token_for(anna)
    client = Client(raise_request_exception=False)
    declared = set()
    for path, method, view, action in endpoints():
        scope = needed(view, method, action)
        if not scope:
            continue
        declared.add(scope)
        answer = client.generic(method.upper(), path, headers=bearer(value))
        assert answer.status_code == 403, (method, path)
        assert answer["WWW-Authenticate"].endswith(f'scope="{scope}"')
    # profile and email are for the userinfo endpoint.
    assert declared == set(EVERYTHING) - {"profile", "email"}


def test_a_partner_books_in_the_owner_s_name(anna: Any) -> None:
    workshop, car = make_workshop(), make_car(anna)
    value = token_for(anna, "appointments:write", "appointments:read")
    client = Client()
    asked: dict[str, Any] = {"centre": workshop.centre.pk, "service_types": [workshop.service_type.pk]}
    asked["from"] = coming_thursday()
    slots = client.get("/api/v1/slots/", asked, headers=bearer(value)).json()["results"]
    body = {
        "vehicle": car.pk,
        "centre": workshop.centre.pk,
        "service_types": [workshop.service_type.pk],
        "starts_at": slots[0]["starts_at"],
        "early_start": True,
    }
    booked = client.post(
        "/api/v1/appointments/", body, content_type="application/json", headers=bearer(value)
    )
    assert booked.status_code == 201, booked.content
    shown = client.get("/api/v1/appointments/", headers=bearer(value)).json()["results"]
    assert [row["code"] for row in shown] == [booked.json()["code"]]


def test_what_belongs_to_others_stays_theirs(anna: Any) -> None:
    make_car(UserFactory.create())
    value = token_for(anna, "vehicles:read")
    assert Client().get("/api/v1/vehicles/", headers=bearer(value)).json()["results"] == []


def test_a_right_that_the_person_or_the_house_took_back_is_gone_at_once(anna: Any) -> None:
    value = token_for(anna, "vehicles:read", reach=["vehicles:read"])
    client = Client()
    assert client.get("/api/v1/vehicles/", headers=bearer(value)).status_code == 200
    held = Connection.objects.get()
    held.partner.client.set_scopes([OPENID])
    held.partner.client.save()
    assert client.get("/api/v1/vehicles/", headers=bearer(value)).status_code == 403
    held.partner.client.set_scopes([OPENID, "vehicles:read"])
    held.partner.client.save()
    Connection.objects.update(scopes=[OPENID])
    assert client.get("/api/v1/vehicles/", headers=bearer(value)).status_code == 403


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Bearer a b", "bearer nonsense"])
def test_a_wrong_token_is_refused_and_a_cookie_beside_it_does_not_help(api: Client, header: str) -> None:
    answer = api.get("/api/v1/vehicles/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


def test_expired_tokens_and_refresh_tokens_open_nothing(anna: Any) -> None:
    value = token_for(anna, "vehicles:read")
    client = Client()
    Token.objects.update(expires_at=timezone.now())
    assert client.get("/api/v1/vehicles/", headers=bearer(value)).status_code == 401
    Token.objects.update(expires_at=timezone.now() + timedelta(hours=1), type="rt")
    assert client.get("/api/v1/vehicles/", headers=bearer(value)).status_code == 401


def test_a_closed_account_closes_its_tokens(anna: Any) -> None:
    value = token_for(anna, "vehicles:read")
    anna.is_active = False
    anna.save()
    assert Client().get("/api/v1/vehicles/", headers=bearer(value)).status_code == 401


def test_a_token_in_the_address_is_not_looked_at(anna: Any) -> None:
    value = token_for(anna, "vehicles:read")
    assert Client().get("/api/v1/vehicles/", {"access_token": value}).status_code == 401
    assert Client().get("/identity/o/userinfo", {"access_token": value}).status_code == 401


@pytest.mark.parametrize("name", ["overview", "accounts:home", "accounts:security", "accounts:connections"])
def test_pages_do_not_know_tokens(anna: Any, name: str) -> None:
    value = token_for(anna, *EVERYTHING)
    page = Client().get(reverse(name), headers=bearer(value))
    assert page.status_code == 302 or anna.email.encode() not in page.content


def test_without_any_sign_in_the_answer_names_both_ways(client: Client) -> None:
    answer = client.get("/api/v1/vehicles/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'X-Session-Token realm="api", Bearer realm="api"'


def test_use_is_noted_by_the_minute(anna: Any, now: datetime) -> None:
    value = token_for(anna, "vehicles:read")
    Token.objects.update(expires_at=now + timedelta(hours=1))
    for minutes, seconds in ((0, 0), (0, 30), (1, 0)):
        moment = now + timedelta(minutes=minutes, seconds=seconds)
        assert connections.find_access(token=value, now=moment)
        expected = now if minutes == 0 else moment
        assert Connection.objects.get().last_used_at == expected


def test_looking_a_token_up_costs_two_queries(
    anna: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    value = token_for(anna, "vehicles:read")
    Token.objects.update(expires_at=now + timedelta(hours=1))
    connections.find_access(token=value, now=now)
    with django_assert_num_queries(2):
        connections.find_access(token=value, now=now)


def test_tokens_lie_hashed_in_the_database(anna: Any) -> None:
    value = token_for(anna)
    assert Token.objects.get().hash == get_adapter().hash_token(value) != value


def signed_in(user: Any, agent: str = "Firefox/1 Windows") -> Client:
    """Through the page, which writes the device down."""
    browser = Client(headers={"User-Agent": agent})
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" in browser.session
    return browser


# -- Connected services and devices in the API ------------------------------------------------


def test_connected_services_are_listed_and_ended(api: Client, anna: Any) -> None:
    value = token_for(anna, "vehicles:read", reach=["vehicles:read", "appointments:write"])
    shown = api.get("/api/v1/connected-services/").json()["results"]
    assert [row["name"] for row in shown] == ["Ladefuchs"]
    assert [(right["name"], right["acts"]) for right in shown[0]["scopes"]] == [
        ("openid", False),
        ("vehicles:read", False),
        ("appointments:write", True),
    ]
    path = f"/api/v1/connected-services/{shown[0]['id']}/"
    stranger = Client()
    stranger.force_login(UserFactory.create())
    assert stranger.delete(path).status_code == 404
    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 404
    assert api.get("/api/v1/vehicles/", headers=bearer(value)).status_code == 401


def test_devices_are_listed_and_one_is_signed_out(anna: Any) -> None:
    api, phone = signed_in(anna, "Firefox/1 Windows"), signed_in(anna, "Mozilla iPhone Safari")
    shown = api.get("/api/v1/devices/").json()["results"]
    assert {(row["name"], row["current"]) for row in shown} == {
        ("Firefox auf Windows", True),
        ("Safari auf iPhone", False),
    }
    other = next(row["id"] for row in shown if not row["current"])
    stranger = Client()
    stranger.force_login(UserFactory.create())
    assert stranger.delete(f"/api/v1/devices/{other}/").status_code == 404
    assert api.delete(f"/api/v1/devices/{other}/").status_code == 204
    assert phone.get("/api/v1/me/").status_code == 401
    assert api.get("/api/v1/me/").status_code == 200
    assert Event.objects.concerning(anna).filter(kind="accounts.session_ended").count() == 1


def test_an_app_knows_its_own_device(anna: Any) -> None:
    browser = signed_in(anna)
    header = {"X-Session-Token": str(browser.session.session_key)}
    shown = Client().get("/api/v1/devices/", headers=header).json()["results"]
    assert [row["current"] for row in shown] == [True]


def test_the_page_signs_one_device_out(anna: Any) -> None:
    api, phone = signed_in(anna), signed_in(anna)
    other = sessions.sessions_of(anna).get(session_key=phone.session.session_key)
    assert (
        reverse("accounts:device-end", args=[other.pk])
        in api.get(reverse("usersessions_list")).content.decode()
    )
    api.post(reverse("accounts:device-end", args=[other.pk]))
    assert phone.get("/account/").status_code == 302
    assert api.get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/connected-services/", "/api/v1/devices/"])
def test_both_lists_cost_the_same_with_one_and_many(
    anna: Any, path: str, django_assert_max_num_queries: Any
) -> None:
    token_for(anna)
    api = signed_in(anna)
    api.get(path)
    with django_assert_max_num_queries(7) as one:
        api.get(path)
    for name in ("B", "C"):
        token_for(anna, name=name)
        signed_in(anna)
    with django_assert_max_num_queries(7) as many:
        api.get(path)
    assert len(one) == len(many)
