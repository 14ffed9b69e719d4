"""When a workshop has time: free slots from hours, shifts and what is already taken.

One query: each free stretch of a resource, shortened by what is asked of it, is the set of
instants at which a visit could start there. Per demand (see plans.py) these sets are united over
the resources that would do; the answer is the intersection over all demands, cut to the grid. It
is linear in taken rows, without a product of technicians, bays, cars and slots.

``_FREE`` is the one place that says what is free. The search, the choice of a resource when
booking, and the search across centres all read it, so that they can't disagree.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from common import civil
from services.booking.plans import Demand, Plan, demands_of
from services.models import Appointment, Centre, Resource

MAX_DAYS = 62  # of one search
SOON_DAYS = 2  # where the next times are looked for first

# Wall-clock hours become instants day by day, so days of 23 and 25 hours come out right.
# Where clocks skip or repeat an hour, PostgreSQL reads a wall-clock time as standard time;
# hours that vanish in the gap drop out. The braces are columns or parameters: see ``of_one``.
OPEN = """
days AS (
  SELECT day::date FROM generate_series({first_day}, {last_day}, interval '1 day') day
),
extra AS MATERIALIZED (
  SELECT id, (day + opens) AT TIME ZONE {zone} AS opens, (day + closes) AT TIME ZONE {zone} AS closes
  FROM services_extraopening
  WHERE centre_id = {centre} AND cancelled_at IS NULL AND day BETWEEN {first_day} AND {last_day}
),
hours AS (
  SELECT (day + opens) AT TIME ZONE {zone} AS opens, (day + closes) AT TIME ZONE {zone} AS closes
  FROM days JOIN services_openinghours
    ON centre_id = {centre} AND weekday = extract(isodow FROM day)
  UNION ALL SELECT opens, closes FROM extra
),
clear AS (
  SELECT range_agg(tstzrange(opens, closes)) - coalesce((
    SELECT range_agg(span) FROM services_closure
    WHERE centre_id = {centre} AND cancelled_at IS NULL AND span && tstzrange(
      (SELECT min(opens) FROM hours), (SELECT max(closes) FROM hours)
    )
  ), '{{}}') AS open
  FROM hours WHERE closes > opens
),
house AS (
  SELECT open, tstzrange(lower(open), upper(open) + %(stay)s::interval) AS reach
  FROM clear WHERE NOT isempty(open)
)
"""

PEOPLE = ", ".join(f"'{kind}'" for kind in Resource.Kind.people())

# Free stretches of each resource that would do, per demand. A hold past its time takes nothing.
FREE = """demand AS (
  SELECT * FROM unnest(
    %(kinds)s::text[], %(skills)s::bigint[], %(bay_types)s::text[], %(lows)s::interval[],
    %(highs)s::interval[], %(befores)s::int[], %(afters)s::int[]
  ) WITH ORDINALITY AS d (kind, skill, bay_type, low, high, ways_before, ways_after, number)
),
fitting AS (
  SELECT d.number, r.id, r.kind, q.valid_until,
    d.low - d.ways_before * r.travel_minutes * interval '1 minute' AS low,
    d.high + d.ways_after * r.travel_minutes * interval '1 minute' AS high
  FROM demand d
  JOIN services_resource r
    ON r.centre_id = {centre} AND r.is_active AND r.kind = d.kind AND r.bay_type = d.bay_type
  LEFT JOIN services_qualification q ON q.resource_id = r.id AND q.skill_id = d.skill
  WHERE (d.skill IS NULL OR q.id IS NOT NULL)
    AND (r.area = '{{}}' OR EXISTS (
      SELECT 1 FROM unnest(r.area) AS prefix WHERE starts_with(%(postcode)s, prefix)
    ))
),
free AS (
  SELECT f.number, f.id, f.low, f.high,
    CASE
      WHEN f.kind = 'loan_car' THEN tstzmultirange(house.reach)
      WHEN f.kind IN ({people}) THEN house.open * (coalesce((
        SELECT range_agg(tstzrange(clock.starts, clock.ends))
        FROM days
        JOIN services_shift s
          ON s.resource_id = f.id AND s.weekday = extract(isodow FROM day) AND s.valid @> day
        CROSS JOIN LATERAL (
          SELECT (day + s.starts) AT TIME ZONE {zone} AS starts, (day + s.ends) AT TIME ZONE {zone} AS ends
        ) clock
        WHERE clock.starts < clock.ends AND (f.valid_until IS NULL OR day <= f.valid_until)
      ), '{{}}') + coalesce((
        SELECT range_agg(tstzrange(extra.opens, extra.closes))
        FROM extra JOIN services_extraopening_people p ON p.extraopening_id = extra.id
        WHERE p.resource_id = f.id AND extra.opens < extra.closes
          AND (f.valid_until IS NULL OR (extra.opens AT TIME ZONE {zone})::date <= f.valid_until)
      ), '{{}}'))
      ELSE house.open
    END - coalesce((
      SELECT range_agg(a.span) FROM services_allocation a
      WHERE a.resource_id = f.id AND a.active AND a.span && house.reach
        AND (a.expires_at IS NULL OR a.expires_at > %(now)s)
        AND a.hold_id IS DISTINCT FROM %(besides)s AND a.appointment_id IS DISTINCT FROM %(moving)s
    ), '{{}}') AS free
  FROM house CROSS JOIN fitting f
)
"""

# Where a visit could start, all demands at once.
STARTS = """
starts AS (
  SELECT number, range_agg(tstzrange(lower(f) - low, upper(f) - high, '[]')) AS starts
  FROM free, unnest(free) f WHERE upper(f) - lower(f) >= high - low
  GROUP BY number
),
common AS (
  SELECT range_intersect_agg(starts) * tstzmultirange(tstzrange({earliest}, {latest}, '[]')) AS starts
  FROM starts HAVING count(*) = %(demands)s
)
"""

_OF_ONE = {
    "centre": "%(centre)s",
    "zone": "%(zone)s",
    "first_day": "%(first_day)s::date",
    "last_day": "%(last_day)s::date",
    "earliest": "%(earliest)s::timestamptz",
    "latest": "%(latest)s::timestamptz",
    "people": PEOPLE,
}

_SLOTS = "".join(
    [
        "WITH", OPEN, ",", FREE, ",", STARTS,
        """
SELECT start FROM common, unnest(starts) f
CROSS JOIN LATERAL generate_series(
  date_bin(%(grid)s, lower(f) + %(grid)s - interval '1 microsecond', timestamptz '2000-01-01 00:00Z'),
  upper(f), %(grid)s
) start
ORDER BY start
""",
    ]
).format(**_OF_ONE)  # fmt: skip

# Candidates in a fixed order, so that two bookings never wait for each other crosswise.
_CANDIDATES = "".join(
    [
        "WITH", OPEN, ",", FREE,
        """
SELECT number, id, tstzrange(%(start)s + low, %(start)s + high) FROM free
WHERE free @> tstzrange(%(start)s + low, %(start)s + high)
ORDER BY number, id
""",
    ]
).format(**_OF_ONE)  # fmt: skip

_IS_OPEN = "".join(
    ["WITH", OPEN, "SELECT coalesce(bool_or(open @> tstzrange(%(start)s, %(end)s)), false) FROM house"]
).format(**_OF_ONE)


class Slot(NamedTuple):
    """A time at which a visit may begin, and when it would end. Instants in UTC."""

    starts_at: datetime
    ends_at: datetime


class Window(NamedTuple):
    """The first and last instants at which a plan may start, seen from now."""

    earliest: datetime
    latest: datetime


def booking_window(*, centre: Centre, plan: Plan, now: datetime) -> Window:
    """From now plus the minimum notice to the end of the last bookable civil day at the centre."""
    last_day = civil.local_date(now, centre.zone) + timedelta(days=plan.horizon_days)
    _start, end = civil.day_span(last_day, centre.zone)
    return Window(now + timedelta(hours=plan.notice_hours), end - timedelta(microseconds=1))


def free_slots(
    *,
    centre: Centre,
    plan: Plan,
    first_day: date,
    days: int,
    now: datetime,
    besides: int | None = None,
    moving: Appointment | None = None,
) -> list[Slot]:
    """All bookable starts on ``days`` civil days of the centre from ``first_day``, in order.

    Nothing before the minimum notice or beyond the horizon; at most MAX_DAYS days are looked
    at. ``besides`` is a hold (its id) that does not count: the asking person's own; nor does what
    the visit that is ``moving`` holds, but its own start is none that it could move to. One query.
    The answer is a snapshot: booking decides, see booking.py.
    """
    window = booking_window(centre=centre, plan=plan, now=now)
    last_day = first_day + timedelta(days=min(days, MAX_DAYS) - 1)
    start, _end = civil.day_span(first_day, centre.zone)
    _start, end = civil.day_span(last_day, centre.zone)
    earliest = max(window.earliest, start)
    latest = min(window.latest, end - timedelta(microseconds=1))
    if latest <= earliest or not centre.is_active or not all(kind.is_active for kind in plan.service_types):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _SLOTS,
            {
                **asked_of(plan, demands_of(plan, centre), now, besides, moving),
                **_place(centre),
                "first_day": max(first_day, civil.local_date(earliest, centre.zone)),
                "last_day": min(last_day, civil.local_date(latest, centre.zone)),
                "earliest": earliest,
                "latest": latest,
            },
        )
        length = plan.length
        held = moving.starts_at if moving else None
        return [Slot(start, start + length) for (start,) in cursor.fetchall() if start != held]


def next_free_slots(
    *,
    centre: Centre,
    plan: Plan,
    after: datetime,
    count: int,
    now: datetime,
    moving: Appointment | None = None,
) -> list[Slot]:
    """The first ``count`` free slots that start at or after ``after`` within two weeks of it."""
    first_day = civil.local_date(after, centre.zone)
    found: list[Slot] = []
    for days in (SOON_DAYS, 14):  # most are found at once, and few days are a fraction of the work
        slots = free_slots(centre=centre, plan=plan, first_day=first_day, days=days, now=now, moving=moving)
        found = [slot for slot in slots if slot.starts_at >= after][:count]
        if len(found) == count:
            break
    return found


def count_per_day(slots: list[Slot], *, centre: Centre, first_day: date, days: int) -> dict[date, int]:
    """How many of the slots each civil day of the centre has, days without one included."""
    counts = Counter(civil.local_date(slot.starts_at, centre.zone) for slot in slots)
    return {day: counts[day] for day in civil.days(first_day, days)}


def is_open(*, centre: Centre, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether ``[starts_at, ends_at)`` lies wholly within opening hours and outside closures."""
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {
            **_place(centre),
            "first_day": civil.local_date(starts_at, centre.zone),
            "last_day": civil.local_date(ends_at, centre.zone),
            "stay": timedelta(0),
            "start": starts_at,
            "end": ends_at,
        }
        cursor.execute(_IS_OPEN, asked)
        row = cursor.fetchone()
    return bool(row and row[0])


class Candidate(NamedTuple):
    """A resource that is free, and for how long the visit would take it (ways of travel included)."""

    resource_id: int
    span: DateTimeTZRange


def candidates(
    *,
    centre: Centre,
    plan: Plan,
    demands: Sequence[Demand],
    starts_at: datetime,
    now: datetime,
    besides: int | None = None,
    moving: Appointment | None = None,
) -> list[list[Candidate]]:
    """For each demand who could meet it for a start at ``starts_at``, in a fixed order. One query.

    ``besides`` and ``moving`` as in free_slots.
    """
    found: list[list[Candidate]] = [[] for _demand in demands]
    if not demands:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                **asked_of(plan, demands, now, besides, moving),
                **_place(centre),
                "first_day": civil.local_date(starts_at, centre.zone),
                "last_day": civil.local_date(starts_at + plan.length, centre.zone),
                "start": starts_at,
            },
        )
        for number, resource_id, span in cursor.fetchall():
            found[number - 1].append(Candidate(resource_id, span))
    return found


def asked_of(
    plan: Plan,
    demands: Sequence[Demand],
    now: datetime,
    besides: int | None = None,
    moving: Appointment | None = None,
) -> dict[str, Any]:
    """What the queries take of a plan."""
    return {
        "kinds": [str(demand.kind) for demand in demands],
        "skills": [demand.skill for demand in demands],
        "bay_types": [str(demand.bay_type) for demand in demands],
        "lows": [demand.low for demand in demands],
        "highs": [demand.high for demand in demands],
        "befores": [demand.before for demand in demands],
        "afters": [demand.after for demand in demands],
        "demands": len(demands),
        # Loan cars stay out after closing time.
        "stay": max(demand.high for demand in demands),
        "postcode": plan.postcode,
        "grid": timedelta(minutes=plan.grid_minutes),
        "now": now,
        "besides": besides or 0,  # no hold has it, and NULL would equal no hold
        "moving": moving.pk if moving else 0,  # likewise
    }


def noon(day: date, centre: Centre) -> datetime:
    """The instant that parts morning from afternoon on a civil day of the centre."""
    return civil.instant(day, time(12), centre.zone)


def _place(centre: Centre) -> dict[str, Any]:
    return {"centre": centre.pk, "zone": centre.time_zone}
