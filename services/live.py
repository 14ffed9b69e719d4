"""Telling those who look at a day or at free slots that something changed."""

from typing import Any

from common import civil, realtime
from services.models import Appointment, Centre

DAY = "centre-day"  # centre-day:<centre id>:<date>, for staff of the centre
SLOTS = "centre-slots"  # centre-slots:<centre id>, for everybody who is choosing a time


def day_topic(centre_id: int, day: Any) -> str:
    return f"{DAY}:{centre_id}:{day}"


def slots_topic(centre_id: int) -> str:
    return f"{SLOTS}:{centre_id}"


def announce(kind: str, appointment: Appointment, *, days: set[Any] | None = None) -> None:
    """After commit, push the change to the civil day(s) it touches and to those choosing a time."""
    centre = appointment.centre
    message = {"type": kind, "id": appointment.pk, "version": appointment.version}
    touched = days or {civil.local_date(appointment.starts_at, centre.zone)}
    for day in sorted(touched):
        realtime.push(day_topic(centre.pk, day), message)
    # Says nothing about whose visit it is: anybody signed in may watch this topic.
    realtime.push(slots_topic(centre.pk), {"type": "slots.changed", "id": centre.pk, "version": 0})


def may_watch_day(user: Any, topic: str) -> bool:
    """Only staff of the centre that the topic names."""
    if not user.is_authenticated:
        return False
    _prefix, _colon, rest = topic.partition(":")
    centre_id = rest.partition(":")[0]
    if not centre_id.isdecimal():
        return False
    return Centre.objects.staffed_by(user, "services.view_day").filter(pk=int(centre_id)).exists()


def may_watch_slots(user: Any, topic: str) -> bool:
    return bool(user.is_authenticated)


realtime.register_topic(DAY, may_watch_day)
realtime.register_topic(SLOTS, may_watch_slots)
