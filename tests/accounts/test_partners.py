"""Partner services: how staff run them, what people read and decide, and what never gets through."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from allauth.idp.oidc.models import Token
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Connection, User
from accounts.partners import connections, partners
from journal.models import Event
from tests.accounts.partner_house import CALLBACK, TEXTS, browser_of, consent, query_of, registered
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def anna() -> User:
    user: User = UserFactory.create()
    return user


def invitation(known: partners.Registered, **changes: str) -> str:
    asked = {
        "client_id": known.partner.client_id,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "state": "s-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    kept = {name: value for name, value in asked.items() if value != "-"}
    return f"/identity/o/authorize?{urlencode(kept)}"


# -- Consent ----------------------------------------------------------------------------------


def test_the_consent_screen_says_who_asks_and_what_each_right_means(anna: User) -> None:
    known = registered("profile", "vehicles:read", "appointments:write")
    page = browser_of(anna).get(invitation(known, scope="openid profile appointments:write"))
    text = page.content.decode()
    assert "Ladefuchs" in text
    assert TEXTS["about_de"] in text
    assert TEXTS["privacy_url"] in text
    assert [scope.name for scope in page.context["reads"]] == ["openid", "profile"]
    assert [scope.name for scope in page.context["acts"]] == ["appointments:write"]
    assert "Termine buchen, verschieben und absagen" in text
    assert "vehicles:read" not in text
    policy = page["Content-Security-Policy"]
    assert "form-action 'self' https://laden.example;" in f"{policy};"
    assert page["X-Frame-Options"] == "DENY"


def test_a_visitor_signs_in_first_and_comes_back_to_the_question(anna: User) -> None:
    answer = Client().get(invitation(registered("profile")))
    assert answer.status_code == 302
    assert urlsplit(answer["Location"]).path == "/account/login/"
    assert query_of(answer["Location"])["next"].startswith("/identity/o/authorize?")


def test_what_is_not_ticked_is_not_shared(anna: User) -> None:
    known = registered("profile", "vehicles:read")
    consent(anna, invitation(known, scope="openid profile vehicles:read"), allow=["openid", "profile"])
    assert Connection.objects.get().scopes == ["openid", "profile"]


def test_more_than_was_asked_cannot_be_smuggled_in(anna: User) -> None:
    known = registered("profile", "vehicles:read")
    with pytest.raises(AssertionError):  # the form comes back instead of the way to the partner
        consent(anna, invitation(known, scope="openid"), allow=["openid", "vehicles:read"])
    assert not Connection.objects.exists()


def test_saying_no_goes_back_with_nothing(anna: User) -> None:
    answer = consent(anna, invitation(registered("profile")), deny=True)
    assert answer.startswith(CALLBACK)
    assert query_of(answer) == {"error": "access_denied", "state": "s-1"}
    assert not Connection.objects.exists()


def test_who_has_allowed_it_before_goes_straight_on_and_is_asked_for_anything_new(anna: User) -> None:
    known = registered("profile", "vehicles:read")
    consent(anna, invitation(known))
    onward = browser_of(anna).get(invitation(known))
    assert onward.context["url"].startswith(f"{CALLBACK}?code=")
    assert 'http-equiv="refresh"' in onward.content.decode()
    assert "held" in browser_of(anna).get(invitation(known, scope="openid vehicles:read")).context
    assert "held" in browser_of(anna).get(invitation(known, prompt="consent")).context
    assert Event.objects.filter(kind="accounts.service_connected").count() == 1


def test_taking_a_right_away_kills_the_tokens_that_carry_it(anna: User, now: datetime) -> None:
    partner = registered("profile", "vehicles:read").partner
    asked = ["openid", "profile", "vehicles:read"]
    held = connections.connect_service(by=anna, partner=partner, asked=asked, allowed=asked, now=now)
    for scopes in (["openid", "vehicles:read"], ["openid"]):
        token = Token(type="at", client=partner.client, user=anna, hash="-".join(scopes), expires_at=now)
        token.set_scopes(scopes)
        token.save()
    connections.connect_service(by=anna, partner=partner, asked=asked, allowed=["profile"], now=now)
    assert [token.get_scopes() for token in connections.tokens_of(held)] == [["openid"]]


def test_the_owner_is_told_of_a_new_service_by_mail_too(
    anna: User, run_reactions: Any, deliver_outbox: Any
) -> None:
    consent(anna, invitation(registered("profile")))
    run_reactions()
    deliver_outbox()
    assert [notice.kind for notice in anna.notices.all()] == ["accounts.service_connected"]
    assert mail.outbox[-1].subject == "Verbunden: Ladefuchs"
    assert "Ihr Name" in str(mail.outbox[-1].body)
    event = Event.objects.get(kind="accounts.service_connected")
    assert set(event.data) == {"partner", "scopes", "new"}


# -- What never gets through ------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/callback",
        "https://laden.example/callback/",
        "https://laden.example/callback?more=1",
        "https://laden.example.evil.example/callback",
        "https://laden.example:8443/callback",
        "http://laden.example/callback",
        "https://user@laden.example/callback",
        "https://laden.example/callback#x",
        "-",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_registered(anna: User, address: str) -> None:
    answer = browser_of(anna).get(invitation(registered(), redirect_uri=address))
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "refresh" not in text
    assert not re.search(r'(href|action)="[^"/#]*//', text)
    assert "location" not in answer.headers


def test_an_unknown_service_is_told_in_words(anna: User) -> None:
    answer = browser_of(anna).get(invitation(registered(), client_id="nobody"))
    assert answer.status_code == 400
    assert "Partner" in answer.content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"code_challenge": "-"}, {"code_challenge_method": "plain"}, {"code_challenge_method": "-"}],
)
def test_without_pkce_no_one_is_even_asked(anna: User, changes: dict[str, str]) -> None:
    answer = browser_of(anna).get(invitation(registered(), **changes))
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert query_of(answer["Location"])["error"] == "invalid_request"
    assert query_of(answer["Location"])["state"] == "s-1"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "openid vehicles:read"}, "invalid_scope"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
    ],
)
def test_other_flows_and_rights_are_refused(anna: User, changes: dict[str, str], error: str) -> None:
    answer = browser_of(anna).get(invitation(registered(), **changes))
    target = answer.context["url"] if answer.status_code == 200 else answer["Location"]
    assert target.startswith(CALLBACK)
    assert f"error={error}" in target
    assert not Connection.objects.exists()


def test_silence_needs_an_own_yes_not_that_given_to_another_partner(anna: User) -> None:
    one, two = registered("profile"), registered("profile", name="Zwei")
    consent(anna, invitation(one))
    Token.objects.create(
        type="rt", client=one.partner.client, user=anna, hash="x", scopes="openid\nprofile", expires_at=None
    )
    browser = browser_of(anna)
    refused = browser.get(invitation(two, prompt="none"))
    assert query_of(refused["Location"])["error"] == "consent_required"
    silent = browser.get(invitation(one, prompt="none"))
    assert "code" in query_of(silent["Location"])
    stranger = Client().get(invitation(one, prompt="none"))
    assert query_of(stranger["Location"])["error"] == "login_required"


def test_the_answer_to_the_question_needs_the_page_it_was_asked_on(anna: User) -> None:
    known = registered("profile")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    page = browser.get(invitation(known))
    signed = page.context["form"].initial["request"]
    said = {"request": signed, "scopes": ["openid"], "action": "grant"}
    assert browser.post("/identity/o/authorize", said).status_code == 403
    forged = browser_of(anna).post("/identity/o/authorize", {**said, "request": signed[:-2] + "xx"})
    assert forged.status_code == 403
    assert not Connection.objects.exists()


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit", "", "device_code"])
def test_no_other_grant_is_served(client: Client, grant: str) -> None:
    known = registered()
    answer = client.post(
        "/identity/o/token",
        {"grant_type": grant, "client_id": known.partner.client_id, "client_secret": known.secret},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_old_tokens_are_cleared_away(anna: User, now: datetime) -> None:
    partner = registered().partner
    held = connections.connect_service(by=anna, partner=partner, asked=[], allowed=[], now=now)
    for name, until in (("old", now - timedelta(minutes=1)), ("new", now + timedelta(minutes=1))):
        Token.objects.create(type="at", client=partner.client, user=anna, hash=name, expires_at=until)
    connections.spend(connection=held, token_hash="long-ago", chain="c", now=now - timedelta(days=200))
    connections.spend(connection=held, token_hash="lately", chain="c", now=now)
    assert connections.clear_tokens(before=now - timedelta(days=100), now=now) == 2
    assert connections.spent("lately")
    assert not connections.spent("long-ago")
    assert Token.objects.get().hash == "new"


# -- The person's page ------------------------------------------------------------------------


def test_the_list_shows_what_is_connected_and_ends_it(anna: User) -> None:
    known = registered("profile")
    consent(anna, invitation(known))
    browser = browser_of(anna)
    page = browser.get(reverse("accounts:connections"))
    assert "Ladefuchs" in page.content.decode()
    assert "noch nicht genutzt" in page.content.decode()
    held = Connection.objects.get()
    stranger = browser_of(UserFactory.create())
    assert stranger.post(reverse("accounts:connection-revoke", args=[held.pk])).status_code == 404
    browser.post(reverse("accounts:connection-revoke", args=[held.pk]))
    assert "Kein Dienst ist verbunden" in browser.get(reverse("accounts:connections")).content.decode()
    assert Event.objects.concerning(anna).filter(kind="accounts.service_revoked").count() == 1


def test_the_list_of_services_costs_the_same_with_one_and_many(
    anna: User, django_assert_max_num_queries: Any
) -> None:
    def connect(name: str) -> None:
        partner = registered(name=name).partner
        connections.connect_service(by=anna, partner=partner, asked=[], allowed=[], now=timezone.now())

    browser = browser_of(anna)
    connect("A")
    browser.get(reverse("accounts:connections"))
    with django_assert_max_num_queries(9) as one:
        browser.get(reverse("accounts:connections"))
    for name in ("B", "C", "D"):
        connect(name)
    with django_assert_max_num_queries(9) as many:
        browser.get(reverse("accounts:connections"))
    assert len(one) == len(many)


def test_everything_ends_with_the_person(anna: User, now: datetime) -> None:
    for name in ("A", "B"):
        partner = registered(name=name).partner
        connections.connect_service(by=anna, partner=partner, asked=[], allowed=[], now=now)
    assert connections.revoke_all(by=None, user=anna, now=now) == 2
    assert not Connection.objects.visible_to(anna).exists()
