"""Pushing news to whoever watches, after commit.

A topic is a string like ``centre-day:3:2026-11-26``; its prefix names who decides whether
a person may watch it. The socket is never the truth: a lost push costs only a delay, so
none of this fails or holds up the request it belongs to.
"""

import asyncio
import hashlib
import os
import threading
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from common.outage import Outage

CanWatch = Callable[[Any, str], bool]
TOPIC_LENGTH = 120  # characters
SEND_SECONDS = 5

_topics: dict[str, CanWatch] = {}
_layer = Outage("channel layer", pause=10)


def register_topic(prefix: str, can_watch: CanWatch) -> None:
    """Let ``can_watch(user, topic)`` decide for all topics that start with ``prefix:``."""
    _topics[prefix] = can_watch


def can_watch(user: Any, topic: str) -> bool:
    """Whether this person may watch this topic now; unknown topics are for nobody."""
    decide = _topics.get(topic.partition(":")[0])
    return bool(decide and decide(user, topic))


def push(topic: str, message: dict[str, Any]) -> None:
    """Send ``{"type", "id", "version", …}`` to all who watch ``topic``, after commit."""
    _after_commit(topic_group(topic), {"type": "topic.message", "topic": topic, "message": message})


def recheck(user_id: int) -> None:
    """After commit, ask again for every topic this person watches: a role or a share has ended."""
    _after_commit(user_group(user_id), {"type": "rights.changed"})


def end_session(session_key: str) -> None:
    """After commit, close the sockets of a session that is no more."""
    _after_commit(session_group(session_key), {"type": "session.ended"})


def topic_group(topic: str) -> str:
    """The channel layer's name for a topic: it takes 100 characters of ASCII, a topic may be anything."""
    return "topic." + _digest(topic)


def user_group(user_id: int) -> str:
    return f"user.{user_id}"


def session_group(session_key: str) -> str:
    """Hashed: who reads the broker must not find keys that sign in."""
    return "session." + _digest(session_key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _after_commit(group: str, message: dict[str, Any]) -> None:
    transaction.on_commit(lambda: _send(group, message), robust=True)


def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        _layer.attempt(
            lambda: asyncio.run_coroutine_threadsafe(layer.group_send(group, message), _loop()).result(
                SEND_SECONDS
            ),
            failures=(RedisError, OSError),
        )


class _Sender(threading.Thread):
    """One event loop per process, so that the connection to the broker is kept from push to push.

    A loop for each push would connect anew each time: most of the time of a booking.
    """

    def __init__(self) -> None:
        super().__init__(name="realtime", daemon=True)
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()

    def run(self) -> None:
        self.loop.run_forever()


_sender: _Sender | None = None
_starting = threading.Lock()


def _loop() -> asyncio.AbstractEventLoop:
    """Started at the first push; a forked process starts its own."""
    global _sender
    with _starting:
        if _sender is None or _sender.pid != os.getpid():
            _sender = _Sender()
            _sender.start()
        return _sender.loop
