"""What the forum's tests share."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from community.models import Category, Topic
from tests.factories.accounts import UserFactory
from tests.factories.community import CategoryFactory, MemberFactory, open_topic


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def anna() -> User:
    """Who asks."""
    return MemberFactory.create(handle="Anna").user


@pytest.fixture
def ben() -> User:
    """Who answers."""
    return MemberFactory.create(handle="Ben").user


@pytest.fixture
def moderator() -> User:
    return UserFactory.create(role="moderator", first_name="Mette", last_name="Ordnung")


@pytest.fixture
def category() -> Category:
    return CategoryFactory.create(slug="winter", name_de="Winter", name_en="Winter")


@pytest.fixture
def topic(anna: User, category: Category, now: datetime) -> Topic:
    return open_topic(by=anna, category=category, now=now)
