"""What leaves the house: entries written in the caller's transaction, delivered after commit.

Delivered at least once: a worker killed between sending and noting it sends again, so the
receiver gets the same stable id and can tell. The payload holds ids; names and addresses
are looked up when it is delivered.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now

from journal import log, trying, waking
from journal.models import OutboxEntry

logger = structlog.get_logger(__name__)

Deliver = Callable[[str, dict[str, Any]], None]
KEEP_DELIVERED = timedelta(days=30)
_channels: dict[str, Deliver] = {}


class Later(Exception):
    """Raised by a channel whose receiver is not to be disturbed before ``until`` (UTC): not a failure."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def register_channel(name: str, deliver: Deliver) -> None:
    """``deliver(stable_id, payload)`` sends one entry; raising means: try again later (``Later``: then)."""
    _channels[name] = deliver


def enqueue(channel: str, stable_id: str, payload: dict[str, Any]) -> None:
    """Queue one message under a stable id; queueing the same id again changes nothing.

    Must run inside the transaction of what the message is about. Raises ValueError for a
    channel that nobody registered.
    """
    if channel not in _channels:
        raise ValueError(f"nobody delivers {channel!r}")
    if not connection.in_atomic_block:
        raise RuntimeError("enqueue() belongs into the transaction of what it tells")
    OutboxEntry.objects.bulk_create(
        [OutboxEntry(channel=channel, stable_id=stable_id, payload=payload, due_at=Now(), created_at=Now())],
        ignore_conflicts=True,
    )
    transaction.on_commit(waking.wake_outbox, robust=True)


def deliver_due(*, limit: int = 500) -> int:
    """Deliver what is due, longest waiting first; how many entries were delivered.

    Safe to call by many at once: each entry is claimed with SKIP LOCKED, and the claim
    commits before anything is sent, so that no transaction waits for the outside world.
    """
    delivered = 0
    for _place in range(limit):
        entry = _begin_next()
        if entry is None:
            break
        delivered += _deliver(entry)
    return delivered


def rerun(*, entry: OutboxEntry, by: Any, now: datetime) -> None:
    """Try a parked entry again from the first try; the journal keeps who asked.

    Raises Conflict when it was delivered in the meantime.
    """
    with transaction.atomic():
        trying.reopen(entry)
        log.record("journal.message_rerun", by=by, subject=entry, at=now)
        transaction.on_commit(waking.wake_outbox, robust=True)


def forget_delivered(*, now: datetime, keep: timedelta = KEEP_DELIVERED) -> int:
    """Delete entries delivered longer than ``keep`` ago; how many they were."""
    deleted, _by_model = OutboxEntry.objects.filter(
        state=OutboxEntry.State.DONE, done_at__lt=now - keep
    ).delete()
    return deleted


def _begin_next() -> OutboxEntry | None:
    while True:
        with transaction.atomic():
            entry = (
                OutboxEntry.objects.filter(state=OutboxEntry.State.OPEN, due_at__lte=Now())
                .order_by("due_at", "id")
                .select_for_update(of=("self",), skip_locked=True)
                .first()
            )
            if entry is None:
                return None
            if trying.begin(entry):
                return entry


def _deliver(entry: OutboxEntry) -> int:
    """One try; a failure is kept beside the entry, not raised."""
    try:
        _channels[entry.channel](entry.stable_id, entry.payload)
    except Later as later:
        trying.put_off(entry, later.until)
        return 0
    except Exception as error:  # whatever one receiver does, the others get theirs
        logger.warning("delivery_failed", channel=entry.channel, entry_id=entry.pk, exc_info=error)
        trying.note_failure(entry, error)
        return 0
    trying.note_success(entry)
    return 1
