"""A line of the log says who did what; never what opens a door, nor what was searched for."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.cases import guests
from portal import logs
from tests.factories.cases import opened


@pytest.mark.parametrize(
    ("request_line", "logged"),
    [
        ("GET /account/cases/17/", "GET /account/cases/17/"),
        ("GET /staff/customers/?search=Karla", "GET /staff/customers/"),
        ("GET /request/eyJjYXNlIjo0fQ:1w2x3y:Zm9vYmFyYmF6cXV4/", "GET /request/…/"),
        (
            "GET /request/eyJjYXNlIjo0fQ:1w2x3y:Zm9vYmFyYmF6cXV4/pictures/3/",
            "GET /request/…/pictures/3/",
        ),
    ],
)
def test_keys_and_searches_are_left_out(request_line: str, logged: str) -> None:
    event: Any = {"event": "request_finished", "request": request_line}
    assert logs._tidy(None, "info", event)["request"] == logged


@pytest.mark.django_db
def test_the_link_of_a_guest_is_not_in_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    link = guests.link_of(opened(None, now=timezone.now()))
    assert client.get(link).status_code == 200
    assert "request_finished" in caplog.text
    assert link.split("/")[2] not in caplog.text
