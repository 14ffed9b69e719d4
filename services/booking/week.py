"""A week of free times as a person chooses from it: days with counts, mornings and afternoons."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from common import civil
from services.booking import availability
from services.booking.availability import Slot
from services.booking.plans import Plan
from services.models import Appointment, Centre

DAYS = 7
SEARCHED = 14  # so that an empty week can name the next free time


@dataclass(frozen=True)
class Week:
    """Seven civil days of a centre, one of them open, perhaps one of its slots chosen."""

    days: dict[date, int]  # free slots on each
    day: date
    morning: list[Slot]
    afternoon: list[Slot]
    earliest: Slot | None  # within two weeks of the first day
    chosen: Slot | None
    vanished: bool  # a time was chosen that is no longer free
    previous: date | None
    next: date | None


def read_week(
    *,
    centre: Centre,
    plan: Plan,
    now: datetime,
    first_day: date | None = None,
    day: date | None = None,
    starts_at: datetime | None = None,
    besides: int | None = None,
    moving: Appointment | None = None,
) -> Week:
    """The week from ``first_day`` (default: the first bookable day) with ``day`` open.

    ``starts_at`` is the chosen instant; without ``day`` its day is open, else the first with
    a free slot. ``besides`` is the reader's own hold, which does not count; nor does the time of
    the visit that is ``moving``. One query.
    """
    window = availability.booking_window(centre=centre, plan=plan, now=now)
    bookable = civil.local_date(window.earliest, centre.zone)
    last = civil.local_date(window.latest, centre.zone)
    first = min(max(first_day or bookable, bookable), max(last, bookable))
    slots = availability.free_slots(
        centre=centre, plan=plan, first_day=first, days=SEARCHED, now=now, besides=besides, moving=moving
    )
    chosen = next((slot for slot in slots if slot.starts_at == starts_at), None)
    counts = availability.count_per_day(slots, centre=centre, first_day=first, days=DAYS)
    if day not in counts:
        day = civil.local_date(chosen.starts_at, centre.zone) if chosen else None
    if day not in counts:
        day = next((each for each, free in counts.items() if free), first)
    of_day = [slot for slot in slots if civil.local_date(slot.starts_at, centre.zone) == day]
    noon = availability.noon(day, centre)
    return Week(
        days=counts,
        day=day,
        morning=[slot for slot in of_day if slot.starts_at < noon],
        afternoon=[slot for slot in of_day if slot.starts_at >= noon],
        earliest=slots[0] if slots else None,
        chosen=chosen,
        vanished=starts_at is not None and chosen is None,
        previous=max(first - timedelta(days=DAYS), bookable) if first > bookable else None,
        next=first + timedelta(days=DAYS) if first + timedelta(days=DAYS) <= last else None,
    )
