"""Pushing news to whoever watches, after commit.

A topic is a string like ``centre-day:3:2026-11-26``; its prefix names who decides whether
a person may watch it. The socket is never the truth: a lost push costs only a delay.
"""

import re
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

CanWatch = Callable[[Any, str], bool]
_topics: dict[str, CanWatch] = {}


def register_topic(prefix: str, can_watch: CanWatch) -> None:
    """Let ``can_watch(user, topic)`` decide for all topics that start with ``prefix:``."""
    _topics[prefix] = can_watch


def can_watch(user: Any, topic: str) -> bool:
    """Whether this person may watch this topic now; unknown topics are for nobody."""
    decide = _topics.get(topic.partition(":")[0])
    return bool(decide and decide(user, topic))


def group_name(topic: str) -> str:
    """The channel layer's name for a topic (ASCII letters, digits, -_. only)."""
    return "topic." + re.sub(r"[^A-Za-z0-9_.-]", ".", topic)


def push(topic: str, message: dict[str, Any]) -> None:
    """Send ``{"type", "id", "version", …}`` to all who watch ``topic``, after commit."""
    transaction.on_commit(lambda: _send(topic, message))


def _send(topic: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    async_to_sync(layer.group_send)(
        group_name(topic), {"type": "topic.message", "topic": topic, "message": message}
    )
