"""Things that happen only in these tests, and who reacts to them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from journal import kinds, log, outbox, reacting
from journal.models import Event


@pytest.fixture
def a_kind() -> Iterator[str]:
    """A kind of event that exists for one test."""
    kinds.register_kind("test.rang", label="It rang", data=("number",))
    yield "test.rang"
    kinds._kinds.pop("test.rang")
    reacting._by_kind.pop("test.rang", None)


@pytest.fixture
def happen(a_kind: str) -> Callable[..., Event]:
    """Record the test's event about somebody, in a transaction of its own."""

    def happen(subject: Any, **data: Any) -> Event:
        with transaction.atomic():
            return log.record(a_kind, by=None, subject=subject, data=data)

    return happen


@pytest.fixture
def a_channel() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """A channel that keeps what it delivers."""
    delivered: list[tuple[str, dict[str, Any]]] = []
    outbox.register_channel("test", lambda stable_id, payload: delivered.append((stable_id, payload)))
    yield delivered
    outbox._channels.pop("test")
