import pytest
from django.test import Client

from tests.factories.accounts import UserFactory


@pytest.fixture
def anna(db):
    return UserFactory.create()


@pytest.fixture
def api(anna) -> Client:
    """Anna's signed-in client, which reports a server error as an answer, as people see it."""
    client = Client(raise_request_exception=False)
    client.force_login(anna)
    return client
