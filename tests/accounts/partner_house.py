"""A partner's program for tests: Authlib's OpenID client on a live server, and the person's browser."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.integrations.requests_client import OAuth2Session
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from accounts.models import User
from accounts.partners import partners
from tests.factories.accounts import UserFactory

CALLBACK = "https://laden.example/callback"
GOODBYE = "https://laden.example/goodbye"
VERIFIER = "v" * 64
TEXTS = {
    "name": "Ladefuchs",
    "field": "charging",
    "about_de": "Öffentliches Laden in ganz Europa.",
    "about_en": "Public charging all over Europe.",
    "website": "https://laden.example/",
    "privacy_url": "https://laden.example/privacy",
    "contact_email": "team@laden.example",
}


def registered(
    *scopes: str, public: bool = False, address: str = CALLBACK, **texts: str
) -> partners.Registered:
    """A partner service, registered by a product manager."""
    return partners.register_partner(
        by=UserFactory.create(role="product"),
        texts={**TEXTS, **texts},
        redirect_uris=[address],
        scopes=scopes,
        public=public,
        sign_out_uris=[GOODBYE],
        now=timezone.now(),
    )


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


class PartnerProgram:
    """What a partner's server does: discovery, sign-in, tokens, our API. ``url`` is our house's."""

    def __init__(self, url: str, known: partners.Registered, *, address: str = CALLBACK) -> None:
        self.url = url
        self.known = known
        self.discovery: dict[str, Any] = httpx.get(f"{url}/.well-known/openid-configuration").json()
        self.client = OAuth2Session(
            client_id=known.partner.client_id,
            client_secret=known.secret or None,
            token_endpoint_auth_method="client_secret_basic" if known.secret else "none",
            redirect_uri=address,
            code_challenge_method="S256",
        )

    def invitation(self, scope: str, **more: Any) -> str:
        """The address to which the partner sends the person's browser."""
        url, self.state = self.client.create_authorization_url(
            self.discovery["authorization_endpoint"],
            scope=scope,
            nonce="n-1",
            **{"code_verifier": VERIFIER, **more},
        )
        return str(url)

    def collect(self, answer: str) -> dict[str, Any]:
        """Exchange the code in the address that the browser came back to."""
        return dict(
            self.client.fetch_token(
                self.discovery["token_endpoint"],
                authorization_response=answer,
                state=self.state,
                code_verifier=VERIFIER,
            )
        )

    def identity(self, token: dict[str, Any]) -> dict[str, Any]:
        """The checked claims of the id token, by our published keys."""
        keys = KeySet.import_key_set(httpx.get(self.discovery["jwks_uri"]).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.discovery["issuer"]},
            aud={"essential": True, "value": self.known.partner.client_id},
            nonce={"essential": True, "value": "n-1"},
        ).validate(claims)
        return dict(claims)

    def ask(self, path: str, access_token: str, method: str = "GET", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {access_token}"}
        return httpx.request(method, f"{self.url}{path}", headers=headers, **more)


def consent(person: User, invitation: str, *, allow: list[str] | None = None, deny: bool = False) -> str:
    """The person's browser: opens the invitation, reads, presses. Where it is sent then."""
    browser = Client()
    browser.force_login(person)
    parts = urlsplit(invitation)
    page = browser.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200, page.content
    signed = re.search(r'name="request" value="([^"]+)"', page.content.decode())
    assert signed, page.content.decode()
    offered = re.findall(r'name="scopes" value="([^"]+)"', page.content.decode())
    answer = browser.post(
        "/identity/o/authorize",
        {
            "request": signed.group(1),
            "scopes": offered if allow is None else allow,
            "action": "deny" if deny else "grant",
        },
    )
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
