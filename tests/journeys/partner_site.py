"""A partner's web site for journeys: signs people in with the brand account, by Authlib."""

import html
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import requests
from authlib.integrations.requests_client import OAuth2Session

SCOPE = "openid profile vehicles:read"
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"


class PartnerSite:
    """``/`` invites, ``/callback`` takes the answer, ``/again`` reads with what it has."""

    def __init__(self, port: int, house: str) -> None:
        self.url = f"http://localhost:{port}"
        self.house = house
        self.token: dict[str, Any] = {}

    def configure(self, client_id: str, secret: str) -> None:
        self.discovery = requests.get(f"{self.house}/.well-known/openid-configuration", timeout=20).json()
        self.client = OAuth2Session(
            client_id=client_id,
            client_secret=secret,
            redirect_uri=f"{self.url}/callback",
            code_challenge_method="S256",
            scope=SCOPE,
        )

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        query = parse_qs(environ["QUERY_STRING"])
        if environ["PATH_INFO"] == "/callback":
            words = self._signed_in(environ, query)
        elif environ["PATH_INFO"] == "/again":
            words = self._cars()
        elif environ["PATH_INFO"] != "/":
            words = ""  # the icon that browsers ask for
        else:
            url, self.state = self.client.create_authorization_url(
                self.discovery["authorization_endpoint"], code_verifier=VERIFIER
            )
            words = f'<a href="{html.escape(url)}">Mit Nordlicht anmelden</a>'
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f"<!doctype html><html lang=de><title>Ladefuchs</title><h1>{words}</h1>".encode()]

    def _signed_in(self, environ: dict[str, Any], query: dict[str, list[str]]) -> str:
        if "error" in query:
            return f"Abgelehnt: {query['error'][0]}"
        self.token = self.client.fetch_token(
            self.discovery["token_endpoint"],
            authorization_response=f"{self.url}/callback?{environ['QUERY_STRING']}",
            state=self.state,
            code_verifier=VERIFIER,
        )
        who = self.client.get(self.discovery["userinfo_endpoint"]).json()
        return f"Hallo {html.escape(who.get('given_name', 'wer auch immer'))}! {self._cars()}"

    def _cars(self) -> str:
        answer = self.client.get(f"{self.house}/api/v1/vehicles/")
        if answer.status_code != 200:
            return f"Kein Zugriff: {answer.status_code}"
        return f"{len(answer.json()['results'])} Fahrzeuge"


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal of the tests."""


@contextmanager
def running_partner(house: str) -> Iterator[PartnerSite]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = PartnerSite(port, house)
    server = make_server("localhost", port, site, server_class=WSGIServer, handler_class=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
