"""Customers without an account, for tests."""

from typing import Any

from django.utils import timezone

from accounts.customers import customers
from accounts.models import User
from tests.factories.accounts import UserFactory


def walk_in(*, by: User | None = None, **fields: Any) -> User:
    """Somebody whom our staff wrote down at the counter."""
    values = {"first_name": "Jürgen", "last_name": "Kröger", "phone": "0151 2300 4400", **fields}
    return customers.create_customer(by=by or UserFactory.create(role="staff"), now=timezone.now(), **values)
