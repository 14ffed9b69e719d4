"""What leaves the house: entries written in the caller's transaction, delivered after commit."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from journal.models import OutboxEntry

Deliver = Callable[[str, dict[str, Any]], None]
_channels: dict[str, Deliver] = {}


def register_channel(name: str, deliver: Deliver) -> None:
    """``deliver(stable_id, payload)`` sends one entry; raising means: try again later."""
    _channels[name] = deliver


def enqueue(channel: str, stable_id: str, payload: dict[str, Any]) -> OutboxEntry:
    """Queue one message under a stable id; queueing the same id again changes nothing."""
    now = timezone.now()
    entry, _new = OutboxEntry.objects.get_or_create(
        channel=channel,
        stable_id=stable_id,
        defaults={"payload": payload, "due_at": now, "created_at": now},
    )
    return entry
