"""A workshop, an owner with a car, and its staff."""

import pytest

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
