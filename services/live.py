"""Telling those who look at a day or at free slots that something changed."""

from datetime import timedelta
from typing import Any

from common import civil, realtime
from services.models import Appointment, Centre, Hold
from services.visits import live as visit_live

DAY = "centre-day"  # centre-day:<centre id>:<date>, for staff of the centre
HOLD = "hold"  # hold:<id>, for whoever keeps a time
SLOTS = "centre-slots"  # centre-slots:<centre id>, for everybody who is choosing a time

DAYS_TOLD = 31  # of a long absence: nobody looks further ahead


def day_topic(centre_id: int, day: Any) -> str:
    return f"{DAY}:{centre_id}:{day}"


def slots_topic(centre_id: int) -> str:
    return f"{SLOTS}:{centre_id}"


def hold_topic(hold_id: int) -> str:
    return f"{HOLD}:{hold_id}"


def announce(kind: str, appointment: Appointment, *, days: set[Any] | None = None) -> None:
    """After commit, push the change to the visit, its civil day(s) and those choosing a time."""
    centre = appointment.centre
    message = {"type": kind, "id": appointment.pk, "version": appointment.version}
    touched = days or {civil.local_date(appointment.starts_at, centre.zone)}
    for day in sorted(touched):
        realtime.push(day_topic(centre.pk, day), message)
    announce_slots(centre.pk)
    visit_live.tell(appointment, kind)


def announce_span(kind: str, centre: Centre, span: Any) -> None:
    """Somebody is away or the house is shut: to all who look at the next days of the span."""
    first = civil.local_date(span.lower, centre.zone)
    last = civil.local_date(span.upper - timedelta(microseconds=1), centre.zone)
    for day in civil.days(first, min((last - first).days + 1, DAYS_TOLD)):
        realtime.push(day_topic(centre.pk, day), {"type": kind, "id": centre.pk, "version": 0})
    announce_slots(centre.pk)


def announce_slots(centre_id: int) -> None:
    """Says nothing about whose visit it is: anybody signed in may watch this topic."""
    realtime.push(slots_topic(centre_id), {"type": "slots.changed", "id": centre_id, "version": 0})


def announce_hold(hold: Hold) -> None:
    """To the person for whom the time was kept: it is over."""
    realtime.push(hold_topic(hold.pk), {"type": "hold.expired", "id": hold.pk, "version": 0})


def may_watch_hold(user: Any, topic: str) -> bool:
    """Only whoever holds the time."""
    number = topic.partition(":")[2]
    if not user.is_authenticated or not number.isdecimal():
        return False
    return Hold.objects.filter(pk=int(number), user=user).exists()


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
realtime.register_topic(HOLD, may_watch_hold)
