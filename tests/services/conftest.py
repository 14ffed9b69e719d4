"""A workshop, an owner with a car, and its staff."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car, make_workshop
from vehicles.models import Vehicle


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop()


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory.create()


@pytest.fixture
def car(owner: User) -> Vehicle:
    return make_car(owner)


@pytest.fixture
def staff(workshop: Workshop) -> User:
    return UserFactory.create(role="staff", scope=workshop.centre)


@pytest.fixture
def count_queries() -> Callable[[Callable[[], Any]], int]:
    """How many queries a call makes."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count
