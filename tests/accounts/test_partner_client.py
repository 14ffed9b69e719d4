"""A partner's program, by a real OpenID Connect client library, against the running house."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from authlib.integrations.base_client.errors import OAuthError
from authlib.oidc.rpinitiated.discovery import OpenIDProviderMetadata
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import Connection
from accounts.partners import connections, partners
from portal import consumers
from tests.accounts.partner_house import (
    GOODBYE,
    PartnerProgram,
    browser_of,
    consent,
    query_of,
    registered,
)
from tests.api.sockets import Visit
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own


@pytest.fixture
def url(committing_db: None, settings: Any) -> Iterator[str]:
    """The house on a port of its own; pytest-django's fixture would TRUNCATE, which our role may not."""
    server = LiveServer("localhost")
    settings.PUBLIC_URL = server.url
    yield server.url
    server.stop()


def test_discovery_says_what_the_house_can_do_and_no_more(url: str) -> None:
    known = httpx.get(f"{url}/.well-known/openid-configuration").json()
    assert known["issuer"] == url
    assert known["response_types_supported"] == ["code"]
    assert known["code_challenge_methods_supported"] == ["S256"]
    assert known["grant_types_supported"] == ["authorization_code", "refresh_token"]
    for name in ("token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"):
        assert httpx.get(known[name]).status_code in (200, 401, 405), name


def test_a_partner_signs_somebody_in_and_reads_what_was_allowed(url: str) -> None:
    anna = UserFactory.create(first_name="Anna", last_name="Lindqvist")
    car = own(anna)
    program = PartnerProgram(url, registered("profile", "email", "vehicles:read", "subscriptions:read"))
    token = program.collect(consent(anna, program.invitation("openid profile email vehicles:read")))

    who = program.identity(token)
    assert who["name"] == "Anna Lindqvist"
    assert who["email"] == anna.email
    assert who["email_verified"] is True
    told = program.ask("/identity/o/userinfo", token["access_token"]).json()
    assert told["sub"] == who["sub"]
    assert "cars" not in told

    cars = program.ask("/api/v1/vehicles/", token["access_token"])
    assert [shown["vin"] for shown in cars.json()["results"]] == [car.vin]
    outside = program.ask("/api/v1/subscriptions/", token["access_token"])
    assert outside.status_code == 403
    assert outside.json()["code"] == "insufficient_scope"
    assert outside.headers["WWW-Authenticate"] == (
        'Bearer realm="api", error="insufficient_scope", scope="subscriptions:read"'
    )


def test_refreshing_rotates_and_a_used_token_ends_the_whole_sign_in(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    first = program.collect(consent(anna, program.invitation("openid vehicles:read")))
    endpoint = program.discovery["token_endpoint"]
    second = dict(program.client.refresh_token(endpoint, refresh_token=first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    assert program.ask("/api/v1/vehicles/", second["access_token"]).status_code == 200

    with pytest.raises(OAuthError, match="invalid_grant"):
        program.client.refresh_token(endpoint, refresh_token=first["refresh_token"])
    for token in (first["access_token"], second["access_token"]):
        refused = program.ask("/api/v1/vehicles/", token)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.client.refresh_token(endpoint, refresh_token=second["refresh_token"])
    # The service stays connected: signing in there again is enough.
    assert Connection.objects.visible_to(anna).exists()


def test_two_refreshes_at_the_same_moment_leave_no_token_alive(url: str, race: Any) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    token = program.collect(consent(anna, program.invitation("openid vehicles:read")))
    said = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
    known = (program.known.partner.client_id, program.known.secret)
    endpoint = program.discovery["token_endpoint"]
    answers = race([lambda: httpx.post(endpoint, data=said, auth=known, timeout=30)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400]
    assert not connections.tokens_of(Connection.objects.select_related("partner").get()).exists()


def test_a_code_works_once_and_twice_takes_back_what_it_gave(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    answer = consent(anna, program.invitation("openid vehicles:read"))
    token = program.collect(answer)
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.collect(answer)
    assert program.ask("/api/v1/vehicles/", token["access_token"]).status_code == 401


def test_a_code_needs_its_own_verifier_and_is_used_up_by_a_wrong_one(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered())
    answer = consent(anna, program.invitation("openid"))
    endpoint = program.discovery["token_endpoint"]
    for verifier in ("w" * 64, "v" * 64):
        with pytest.raises(OAuthError, match="invalid_grant"):
            program.client.fetch_token(
                endpoint, authorization_response=answer, state=program.state, code_verifier=verifier
            )


def test_giving_back_a_refresh_token_ends_the_sign_in(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    token = program.collect(consent(anna, program.invitation("openid vehicles:read")))
    other = PartnerProgram(url, registered("vehicles:read", name="Anderswo"))
    endpoint = program.discovery["revocation_endpoint"]
    # Another partner can't give it back, and does not learn that it exists.
    assert other.client.revoke_token(endpoint, token=token["refresh_token"]).status_code == 200
    assert program.ask("/api/v1/vehicles/", token["access_token"]).status_code == 200

    answer = program.client.revoke_token(
        endpoint, token=token["refresh_token"], token_type_hint="refresh_token"
    )
    assert answer.status_code == 200
    assert program.ask("/api/v1/vehicles/", token["access_token"]).status_code == 401


def test_disconnecting_works_from_the_next_request_on(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    token = program.collect(consent(anna, program.invitation("openid vehicles:read")))
    held = Connection.objects.get(user=anna)
    connections.revoke_connection(by=anna, connection=held, now=timezone.now())
    assert program.ask("/api/v1/vehicles/", token["access_token"]).status_code == 401
    assert program.ask("/identity/o/userinfo", token["access_token"]).status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.client.refresh_token(
            program.discovery["token_endpoint"], refresh_token=token["refresh_token"]
        )


def test_a_partner_s_token_opens_no_socket_so_none_outlives_it(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    token = program.collect(consent(anna, program.invitation("openid vehicles:read")))["access_token"]

    async def story() -> None:
        assert not await Visit((b"authorization", f"Bearer {token}".encode())).open()
        for socket in (
            Visit((b"x-session-token", token.encode())),
            Visit(subprotocols=("portal", f"token.{token}")),
        ):
            assert await socket.open()
            assert await socket.closed() == consumers.SIGNED_OUT

    async_to_sync(story)()


def test_a_code_under_way_dies_with_the_connection(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered())
    answer = consent(anna, program.invitation("openid"))
    connections.revoke_connection(by=anna, connection=Connection.objects.get(), now=timezone.now())
    with pytest.raises(OAuthError, match="invalid_grant"):
        program.collect(answer)


def test_closing_a_partner_ends_everything_of_it(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    token = program.collect(consent(anna, program.invitation("openid vehicles:read")))
    answer = consent(anna, program.invitation("openid vehicles:read", prompt="consent"))
    partners.close_partner(
        by=UserFactory.create(role="administrator"), partner=program.known.partner, now=timezone.now()
    )
    assert program.ask("/api/v1/vehicles/", token["access_token"]).status_code == 401
    with pytest.raises(OAuthError):
        program.collect(answer)
    assert httpx.get(program.invitation("openid")).status_code == 400
    assert not Connection.objects.visible_to(anna).exists()


def test_an_app_without_a_secret_lives_by_pkce(url: str) -> None:
    anna = UserFactory.create()
    address = "de.laden.app:/callback"
    program = PartnerProgram(url, registered("profile", public=True, address=address), address=address)
    answer = consent(anna, program.invitation("openid profile"))
    assert answer.startswith("de.laden.app:/callback?")
    token = program.collect(answer)
    assert program.identity(token)["locale"] == "de"


def test_partners_know_a_person_by_different_numbers_and_the_same_again(url: str) -> None:
    anna = UserFactory.create()
    one, two = (PartnerProgram(url, registered(name=name)) for name in ("Eins", "Zwei"))
    known = [p.identity(p.collect(consent(anna, p.invitation("openid"))))["sub"] for p in (one, two)]
    assert known[0] != known[1]
    assert str(anna.pk) not in known
    connections.revoke_connection(by=anna, connection=Connection.objects.earliest("pk"), now=timezone.now())
    again = one.identity(one.collect(consent(anna, one.invitation("openid"))))
    assert again["sub"] == known[0]


def test_a_partner_that_signs_somebody_out_asks_whether_they_leave_here_too(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered("vehicles:read"))
    OpenIDProviderMetadata(program.discovery).validate_end_session_endpoint()
    token = program.collect(consent(anna, program.invitation("openid vehicles:read")))
    asked = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": GOODBYE, "state": "s-9"}
    browser = browser_of(anna)
    path = program.discovery["end_session_endpoint"].removeprefix(url)

    page = browser.get(path, asked)
    assert "Ladefuchs" in page.text
    assert program.ask("/api/v1/vehicles/", token["access_token"]).status_code == 200

    stays = browser.post(path, {**asked, "action": "stay", "csrfmiddlewaretoken": "x"})
    assert stays.context["url"] == f"{GOODBYE}?state=s-9"
    assert program.ask("/api/v1/vehicles/", token["access_token"]).status_code == 401
    assert browser.get("/account/").status_code == 200
    # The service itself stays connected.
    assert Connection.objects.visible_to(anna).exists()

    browser.post(path, {**asked, "action": "logout", "csrfmiddlewaretoken": "x"})
    assert browser.get("/account/").status_code == 302


def test_a_wrong_secret_gets_nothing(url: str) -> None:
    anna = UserFactory.create()
    program = PartnerProgram(url, registered())
    code = query_of(consent(anna, program.invitation("openid")))["code"]
    said = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "https://laden.example/callback",
        "code_verifier": "v" * 64,
    }
    answer = httpx.post(
        program.discovery["token_endpoint"], data=said, auth=(program.known.partner.client_id, "guess")
    )
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
