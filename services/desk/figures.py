"""How full a centre's coming days are, how often it keeps its word, and how long cars wait.

Each is one query for one centre; nothing is stored beforehand.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from common import civil
from services.models import Centre

WEEKS_BACK = 8
DAYS_AHEAD = 28

# Capacity: shifts within opening hours, and who works on extra days, less absences and closures.
# Load: what technicians hold for visits.
_LOAD = """
WITH days AS (
  SELECT day::date, tstzrange(
    day::date::timestamp AT TIME ZONE %(zone)s, (day::date + 1)::timestamp AT TIME ZONE %(zone)s
  ) AS span
  FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') day
),
extra AS (
  SELECT id, day, opens, closes FROM services_extraopening
  WHERE centre_id = %(centre)s AND cancelled_at IS NULL AND day BETWEEN %(first)s AND %(last)s
),
opened AS (
  SELECT o.day, range_agg(tstzrange(
    (o.day + o.opens) AT TIME ZONE %(zone)s, (o.day + o.closes) AT TIME ZONE %(zone)s
  )) AS open
  FROM (
    SELECT d.day, w.opens, w.closes FROM days d
    JOIN services_openinghours w ON w.centre_id = %(centre)s AND w.weekday = extract(isodow FROM d.day)
    UNION ALL SELECT day, opens, closes FROM extra
  ) o
  GROUP BY o.day
),
worked AS (
  SELECT w.day, w.resource_id, range_agg(tstzrange(
    (w.day + w.starts) AT TIME ZONE %(zone)s, (w.day + w.ends) AT TIME ZONE %(zone)s
  )) AS shift
  FROM (
    SELECT d.day, s.resource_id, s.starts, s.ends FROM days d
    JOIN services_shift s ON s.weekday = extract(isodow FROM d.day) AND s.valid @> d.day
    JOIN services_resource r ON r.id = s.resource_id AND r.centre_id = %(centre)s
    UNION ALL
    SELECT e.day, p.resource_id, e.opens, e.closes FROM extra e
    JOIN services_extraopening_people p ON p.extraopening_id = e.id
  ) w
  GROUP BY w.day, w.resource_id
),
person AS (
  SELECT d.day,
    coalesce(w.shift * o.open, '{}') - coalesce(t.away, '{}') AS there,
    coalesce(t.busy, '{}') * tstzmultirange(d.span) AS busy
  FROM days d
  CROSS JOIN services_resource r
  LEFT JOIN opened o ON o.day = d.day
  LEFT JOIN worked w ON w.day = d.day AND w.resource_id = r.id
  LEFT JOIN LATERAL (
    SELECT range_agg(a.span) FILTER (WHERE a.kind IN ('absence', 'closure')) AS away,
      range_agg(a.span) FILTER (WHERE a.kind = 'visit') AS busy
    FROM services_allocation a
    WHERE a.resource_id = r.id AND a.active AND a.span && d.span
  ) t ON true
  WHERE r.centre_id = %(centre)s AND r.is_active AND r.kind IN ('technician', 'mobile')
)
SELECT d.day,
  coalesce(sum(extract(epoch FROM there.length)), 0), coalesce(sum(extract(epoch FROM busy.length)), 0)
FROM days d
LEFT JOIN person p ON p.day = d.day
LEFT JOIN LATERAL (SELECT sum(upper(r) - lower(r)) AS length FROM unnest(p.there) r) there ON true
LEFT JOIN LATERAL (SELECT sum(upper(r) - lower(r)) AS length FROM unnest(p.busy) r) busy ON true
GROUP BY d.day ORDER BY d.day
"""

# By the week in which a car was ready (or, while it is not, came); the last row is all weeks together.
_PAST = """
WITH visits AS MATERIALIZED (
  SELECT id FROM services_appointment
  WHERE centre_id = %(centre)s AND span && tstzrange(%(start)s, %(end)s)
    AND status NOT IN ('booked', 'cancelled', 'no_show')
),
steps AS (
  SELECT c.appointment_id, c.status, c.at,
    lead(c.at) OVER (PARTITION BY c.appointment_id ORDER BY c.at, c.id) - c.at AS lasted
  FROM services_statuschange c JOIN visits v ON v.id = c.appointment_id
),
told AS (
  SELECT appointment_id,
    min(at) FILTER (WHERE status = 'ready') AS ready,
    min(at) FILTER (WHERE status = 'arrived') AS arrived,
    min(at) FILTER (WHERE status = 'in_work') AS begun,
    sum(lasted) FILTER (WHERE status = 'waiting_approval') AS approval,
    sum(lasted) FILTER (WHERE status = 'waiting_parts') AS parts
  FROM steps GROUP BY appointment_id
),
promised AS (
  SELECT DISTINCT ON (p.appointment_id) p.appointment_id, p.promised_at
  FROM services_promisechange p JOIN visits v ON v.id = p.appointment_id
  ORDER BY p.appointment_id, p.at, p.id
),
known AS (
  SELECT date_trunc('week', coalesce(t.ready, t.arrived) AT TIME ZONE %(zone)s)::date AS week,
    t.ready, p.promised_at, t.approval, t.parts,
    CASE WHEN t.begun >= t.arrived THEN t.begun - t.arrived END AS start_wait
  FROM told t LEFT JOIN promised p ON p.appointment_id = t.appointment_id
  WHERE coalesce(t.ready, t.arrived) IS NOT NULL
)
SELECT week,
  count(*) FILTER (WHERE ready IS NOT NULL AND promised_at IS NOT NULL),
  count(*) FILTER (WHERE ready <= promised_at),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY start_wait), count(start_wait),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY approval), count(approval),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY parts), count(parts)
FROM known WHERE week BETWEEN %(first)s AND %(last)s
GROUP BY GROUPING SETS ((week), ()) ORDER BY week NULLS LAST
"""


@dataclass(frozen=True)
class DayLoad:
    """Minutes of technicians on a civil day of the centre: at work, and held for visits."""

    day: date
    capacity_minutes: int
    booked_minutes: int

    @property
    def capacity_hours(self) -> float:
        return self.capacity_minutes / 60

    @property
    def booked_hours(self) -> float:
        return self.booked_minutes / 60

    @property
    def percent(self) -> int | None:
        """Rounded down; above 100 is too much. None: nobody works that day."""
        return self.booked_minutes * 100 // self.capacity_minutes if self.capacity_minutes else None


class Wait(NamedTuple):
    """How long half of the cars waited at most (minutes, None: none did), and how many did."""

    median_minutes: int | None
    cars: int

    @property
    def hours(self) -> float | None:
        return None if self.median_minutes is None else round(self.median_minutes / 60, 1)


@dataclass(frozen=True)
class Week:
    """A week from its Monday, or all of them together (``monday`` None)."""

    monday: date | None
    promised: int  # cars that became ready, with a promise
    kept: int  # of these, ready by the first promise
    to_work: Wait  # from received to in work
    approval: Wait  # for the customer's word
    parts: Wait

    @property
    def percent_kept(self) -> int | None:
        return self.kept * 100 // self.promised if self.promised else None


@dataclass(frozen=True)
class Past:
    weeks: list[Week]  # without a gap, the oldest first
    total: Week


def load_ahead(*, centre: Centre, first_day: date, days: int = DAYS_AHEAD) -> list[DayLoad]:
    """Each of so many civil days from ``first_day``, days without work included. One query."""
    values = {
        "centre": centre.pk,
        "zone": centre.time_zone,
        "first": first_day,
        "last": first_day + timedelta(days=days - 1),
    }
    return [DayLoad(day, int(there) // 60, int(booked) // 60) for day, there, booked in _rows(_LOAD, values)]


def past_weeks(*, centre: Centre, now: datetime, weeks: int = WEEKS_BACK) -> Past:
    """This week and those before it, by the centre's calendar. One query.

    A promise counts as kept when the car was ready by the first one that was made; later promises
    repair nothing.
    """
    today = civil.local_date(now, centre.zone)
    this_monday = today - timedelta(days=today.weekday())
    first = this_monday - timedelta(weeks=weeks - 1)
    # A car may stay for weeks: visits that were planned earlier count when they became ready.
    start, _end = civil.day_span(first - timedelta(weeks=4), centre.zone)
    values = {
        "centre": centre.pk,
        "zone": centre.time_zone,
        "start": start,
        "end": now + timedelta(days=1),
        "first": first,
        "last": this_monday,
    }
    found = {row[0]: _week(row) for row in _rows(_PAST, values)}
    mondays = [first + timedelta(weeks=n) for n in range(weeks)]
    return Past([found.get(monday, _empty(monday)) for monday in mondays], found.get(None, _empty(None)))


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _week(row: tuple[Any, ...]) -> Week:
    monday, promised, kept, *waits = row
    to_work, approval, parts = (
        Wait(None if median is None else round(median.total_seconds() / 60), cars)
        for median, cars in zip(waits[::2], waits[1::2], strict=True)
    )
    return Week(monday, promised, kept, to_work, approval, parts)


def _empty(monday: date | None) -> Week:
    nobody = Wait(None, 0)
    return Week(monday, 0, 0, nobody, nobody, nobody)
