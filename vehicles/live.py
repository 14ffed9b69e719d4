"""Live news about a car: who may watch, and what is told."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common import realtime
from vehicles.models import Vehicle

TOPIC = re.compile(r"vehicle:([0-9]{1,18})")


def topic_of(vehicle_id: int) -> str:
    return f"vehicle:{vehicle_id}"


def may_watch(user: Any, topic: str, *, now: datetime) -> bool:
    """Whoever sees the car at ``now``: the socket asks on subscribing and on revocation."""
    match = TOPIC.fullmatch(topic)
    if not match or not user.is_authenticated:
        return False
    return Vehicle.objects.visible_to(user, now).filter(pk=int(match[1])).exists()


def tell(vehicle_id: int) -> None:
    """Something about the car changed: watchers fetch it again."""
    realtime.push(topic_of(vehicle_id), {"type": "vehicle", "id": vehicle_id})


def close_for(user_ids: Iterable[int | None]) -> None:
    """These people may have lost the car: their open sockets are asked again, after commit."""
    for user_id in user_ids:
        if user_id is not None:
            realtime.recheck(user_id)
