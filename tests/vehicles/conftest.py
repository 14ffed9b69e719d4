"""People and sign-ins for the garage's tests."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.freshness import RECORDS_KEY


def _proof(client: Client, user: Any, *, age: int) -> None:
    client.force_login(user)
    session = client.session
    session[RECORDS_KEY] = [{"method": "password", "at": time.time() - age}]
    session.save()


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """A browser signed in ``age`` seconds ago."""

    def open_browser(user: Any, *, age: int = 0) -> Client:
        client = Client()
        _proof(client, user, age=age)
        return client

    return open_browser


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """An API client with the session of a browser signed in ``age`` seconds ago."""

    def open_client(user: Any, *, age: int = 0) -> APIClient:
        client = APIClient()
        _proof(client, user, age=age)
        return client

    return open_client
