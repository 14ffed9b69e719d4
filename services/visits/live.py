"""Live news about one visit, for its customer and for the staff of its centre."""

import re
from datetime import datetime
from typing import Any

from common import realtime
from services.models import Appointment

VISIT = "visit"  # visit:<appointment id>
TOPIC = re.compile(r"visit:([0-9]{1,18})")


def topic_of(visit_id: int) -> str:
    return f"{VISIT}:{visit_id}"


def may_watch(user: Any, topic: str, *, now: datetime) -> bool:
    """Whoever sees the visit at ``now``, as its customer or from the workshop's side."""
    match = TOPIC.fullmatch(topic)
    if not match or not user.is_authenticated:
        return False
    number = int(match[1])
    return (
        Appointment.objects.visible_to(user, now).filter(pk=number).exists()
        or Appointment.objects.at_centres_of(user).filter(pk=number).exists()
    )


def tell(visit: Appointment, kind: str) -> None:
    """After commit, have it fetched again: ``progress``, ``promise``, ``message`` or ``estimate``."""
    realtime.push(topic_of(visit.pk), {"type": kind, "id": visit.pk, "version": visit.version})
