"""When a workshop has time: free slots from hours, shifts and what is already taken.

One query: each free stretch of a technician or bay, shortened by the duration, is the set
of instants at which a visit could start there; the answer is (all technicians' sets) ∩
(all bays' sets), cut to the grid. It is linear in taken rows, without a product of
technicians, bays and slots.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection

from common import civil
from services.models import Centre, Resource, ServiceType

MAX_DAYS = 62  # of one search

# Wall-clock hours become instants day by day, so days of 23 and 25 hours come out right.
# Where clocks skip or repeat an hour, PostgreSQL reads a wall-clock time as standard time;
# hours that vanish in the gap drop out.
_OPEN = """
WITH days AS (
  SELECT day::date FROM generate_series(%(first_day)s::date, %(last_day)s::date, interval '1 day') day
),
hours AS (
  SELECT (day + opens) AT TIME ZONE %(zone)s AS opens, (day + closes) AT TIME ZONE %(zone)s AS closes
  FROM days JOIN services_openinghours
    ON centre_id = %(centre)s AND weekday = extract(isodow FROM day)
),
clear AS (
  SELECT range_agg(tstzrange(greatest(opens, %(earliest)s), closes)) - coalesce((
    SELECT range_agg(span) FROM services_closure
    WHERE centre_id = %(centre)s AND span && tstzrange(%(earliest)s, %(latest)s)
  ), '{}') AS open
  FROM hours WHERE closes > greatest(opens, %(earliest)s)
),
house AS (
  SELECT open, tstzrange(lower(open), upper(open)) AS reach FROM clear WHERE NOT isempty(open)
)
"""

_FREE_STARTS = """
, technicians AS (
  SELECT house.open * on_duty.spans - coalesce(taken.spans, '{}') AS free
  FROM house
  JOIN services_resource r ON r.centre_id = %(centre)s AND r.kind = 'technician' AND r.is_active
  JOIN services_qualification q ON q.resource_id = r.id AND q.skill_id = %(skill)s
  CROSS JOIN LATERAL (
    SELECT range_agg(tstzrange(clock.starts, clock.ends)) AS spans
    FROM days
    JOIN services_shift s
      ON s.resource_id = r.id AND s.weekday = extract(isodow FROM day) AND s.valid @> day
    CROSS JOIN LATERAL (
      SELECT (day + s.starts) AT TIME ZONE %(zone)s AS starts, (day + s.ends) AT TIME ZONE %(zone)s AS ends
    ) clock
    WHERE clock.starts < clock.ends
  ) on_duty
  CROSS JOIN LATERAL (
    SELECT range_agg(a.span) AS spans FROM services_allocation a
    WHERE a.resource_id = r.id AND a.active AND a.span && house.reach
  ) taken
  WHERE on_duty.spans IS NOT NULL
),
bays AS (
  SELECT house.open - coalesce(taken.spans, '{}') AS free
  FROM house
  JOIN services_resource r
    ON r.centre_id = %(centre)s AND r.kind = 'bay' AND r.bay_type = %(bay_type)s AND r.is_active
  CROSS JOIN LATERAL (
    SELECT range_agg(a.span) AS spans FROM services_allocation a
    WHERE a.resource_id = r.id AND a.active AND a.span && house.reach
  ) taken
),
technician_starts AS (
  SELECT range_agg(tstzrange(lower(f), upper(f) - %(duration)s, '[]')) AS starts
  FROM technicians, unnest(free) f WHERE upper(f) - lower(f) >= %(duration)s
),
bay_starts AS (
  SELECT range_agg(tstzrange(lower(f), upper(f) - %(duration)s, '[]')) AS starts
  FROM bays, unnest(free) f WHERE upper(f) - lower(f) >= %(duration)s
)
SELECT start FROM technician_starts t, bay_starts b, unnest(t.starts * b.starts) f
CROSS JOIN LATERAL generate_series(
  date_bin(%(grid)s, lower(f) + %(grid)s - interval '1 microsecond', timestamptz '2000-01-01 00:00Z'),
  upper(f), %(grid)s
) start
WHERE start <@ f AND start <= %(latest)s
ORDER BY start
"""

# Candidates in a fixed order, so that two bookings never wait for each other crosswise.
_CANDIDATES = """
WITH taken AS (
  SELECT a.resource_id FROM services_allocation a JOIN services_resource r ON r.id = a.resource_id
  WHERE r.centre_id = %(centre)s AND a.active AND a.span && %(span)s::tstzrange
)
SELECT r.kind, r.id FROM services_resource r
WHERE r.centre_id = %(centre)s AND r.is_active AND r.kind = 'bay' AND r.bay_type = %(bay_type)s
  AND r.id NOT IN (SELECT resource_id FROM taken)
UNION ALL
SELECT r.kind, r.id FROM services_resource r
JOIN services_qualification q ON q.resource_id = r.id AND q.skill_id = %(skill)s
WHERE r.centre_id = %(centre)s AND r.is_active AND r.kind = 'technician'
  AND r.id NOT IN (SELECT resource_id FROM taken)
  AND (
    SELECT range_agg(tstzrange(clock.starts, clock.ends)) @> %(span)s::tstzrange
    FROM generate_series(%(first_day)s::date, %(last_day)s::date, interval '1 day') day
    JOIN services_shift s
      ON s.resource_id = r.id AND s.weekday = extract(isodow FROM day) AND s.valid @> day::date
    CROSS JOIN LATERAL (
      SELECT (day::date + s.starts) AT TIME ZONE %(zone)s AS starts,
             (day::date + s.ends) AT TIME ZONE %(zone)s AS ends
    ) clock
    WHERE clock.starts < clock.ends
  )
ORDER BY 1, 2
"""

_STARTS = "\n".join([_OPEN, _FREE_STARTS])
_IS_OPEN = "\n".join([_OPEN, "SELECT coalesce(bool_or(open @> %(span)s::tstzrange), false) FROM house"])


class Slot(NamedTuple):
    """A time at which a visit may begin, and when it would end. Instants in UTC."""

    starts_at: datetime
    ends_at: datetime


class Window(NamedTuple):
    """The first and last instants at which a kind of work may start, seen from now."""

    earliest: datetime
    latest: datetime


def booking_window(*, centre: Centre, service_type: ServiceType, now: datetime) -> Window:
    """From now plus the minimum notice to the end of the last bookable civil day at the centre."""
    last_day = civil.local_date(now, centre.zone) + timedelta(days=service_type.horizon_days)
    _start, end = civil.day_span(last_day, centre.zone)
    return Window(now + timedelta(hours=service_type.notice_hours), end - timedelta(microseconds=1))


def free_slots(
    *, centre: Centre, service_type: ServiceType, first_day: date, days: int, now: datetime
) -> list[Slot]:
    """All bookable starts on ``days`` civil days of the centre from ``first_day``, in order.

    Nothing before the minimum notice or beyond the horizon; at most MAX_DAYS days are looked
    at. One query. The answer is a snapshot: booking decides, see booking.py.
    """
    window = booking_window(centre=centre, service_type=service_type, now=now)
    last_day = first_day + timedelta(days=min(days, MAX_DAYS) - 1)
    start, _end = civil.day_span(first_day, centre.zone)
    _start, end = civil.day_span(last_day, centre.zone)
    earliest = max(window.earliest, start)
    latest = min(window.latest, end)
    if latest <= earliest or not centre.is_active or not service_type.is_active:
        return []
    length = timedelta(minutes=service_type.duration_minutes)
    with connection.cursor() as cursor:
        cursor.execute(
            _STARTS,
            _params(
                centre,
                first_day=max(first_day, civil.local_date(earliest, centre.zone)),
                last_day=min(last_day, civil.local_date(latest, centre.zone)),
                earliest=earliest,
                latest=latest,
                skill=service_type.skill_id,
                bay_type=service_type.bay_type,
                duration=length,
                grid=timedelta(minutes=service_type.grid_minutes),
            ),
        )
        return [Slot(start, start + length) for (start,) in cursor.fetchall()]


def next_free_slots(
    *, centre: Centre, service_type: ServiceType, after: datetime, count: int, now: datetime
) -> list[Slot]:
    """The first ``count`` free slots that start at or after ``after`` within two weeks of it."""
    slots = free_slots(
        centre=centre,
        service_type=service_type,
        first_day=civil.local_date(after, centre.zone),
        days=14,
        now=now,
    )
    return [slot for slot in slots if slot.starts_at >= after][:count]


def count_per_day(slots: list[Slot], *, centre: Centre, first_day: date, days: int) -> dict[date, int]:
    """How many of the slots each civil day of the centre has, days without one included."""
    counts = Counter(civil.local_date(slot.starts_at, centre.zone) for slot in slots)
    return {day: counts[day] for day in civil.days(first_day, days)}


def is_open(*, centre: Centre, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether ``[starts_at, ends_at)`` lies wholly within opening hours and outside closures."""
    with connection.cursor() as cursor:
        cursor.execute(
            _IS_OPEN,
            _params(
                centre,
                first_day=civil.local_date(starts_at, centre.zone),
                last_day=civil.local_date(ends_at, centre.zone),
                earliest=starts_at,
                latest=ends_at,
                span=_text(starts_at, ends_at),
            ),
        )
        row = cursor.fetchone()
    return bool(row and row[0])


class Candidates(NamedTuple):
    """Ids of the resources of a centre that are free for the whole of a visit, in fixed order."""

    bays: list[int]
    technicians: list[int]


def candidates(
    *, centre: Centre, service_type: ServiceType, starts_at: datetime, ends_at: datetime
) -> Candidates:
    """Who and what could take a visit during ``[starts_at, ends_at)``, opening hours aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            _params(
                centre,
                first_day=civil.local_date(starts_at, centre.zone),
                last_day=civil.local_date(ends_at, centre.zone),
                span=_text(starts_at, ends_at),
                skill=service_type.skill_id,
                bay_type=service_type.bay_type,
            ),
        )
        rows = cursor.fetchall()
    return Candidates(
        bays=[pk for kind, pk in rows if kind == Resource.Kind.BAY],
        technicians=[pk for kind, pk in rows if kind == Resource.Kind.TECHNICIAN],
    )


def noon(day: date, centre: Centre) -> datetime:
    """The instant that parts morning from afternoon on a civil day of the centre."""
    return civil.instant(day, time(12), centre.zone)


def _params(centre: Centre, **more: Any) -> dict[str, Any]:
    return {"centre": centre.pk, "zone": centre.time_zone, **more}


def _text(starts_at: datetime, ends_at: datetime) -> str:
    return f"[{starts_at.isoformat()},{ends_at.isoformat()})"
