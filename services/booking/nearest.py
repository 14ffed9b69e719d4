"""The earliest free time across the nearest centres. One query, with widening windows."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from services.booking.availability import FREE, OPEN, PEOPLE, STARTS, Slot, asked_of
from services.booking.plans import Plan, demands_of
from services.models import Centre

WITHIN_DAYS = 30
EARTH_DIAMETER_KM = 2 * 6371

# Days after the first possible one: a later window is looked at only when the one before has nothing,
# for COALESCE stops at the first hit.
_WINDOWS = (("0", "2"), ("3", "13"), ("14", "%(days)s::int"))
_FIRST_DAY = "(%(earliest)s::timestamptz AT TIME ZONE c.time_zone)::date"
_FIRST = """
  SELECT start FROM common, unnest(starts) f
  CROSS JOIN LATERAL (
    SELECT date_bin(
      %(grid)s, lower(f) + %(grid)s - interval '1 microsecond', timestamptz '2000-01-01 00:00Z'
    ) AS start
  ) binned
  WHERE start <@ f ORDER BY start LIMIT 1
"""


def _window(since: str, until: str) -> str:
    return "".join(["(WITH", OPEN, ",", FREE, ",", STARTS, _FIRST, ")"]).format(
        centre="c.id",
        zone="c.time_zone",
        first_day=f"{_FIRST_DAY} + {since}",
        last_day=f"{_FIRST_DAY} + {until}",
        earliest="%(earliest)s::timestamptz",
        latest="c.latest",
        people=PEOPLE,
    )


_NEAREST = """
WITH c AS MATERIALIZED (
  SELECT id, time_zone,
    %(diameter)s * asin(sqrt(
      power(sin(radians(latitude - %(latitude)s) / 2), 2)
      + cos(radians(%(latitude)s)) * cos(radians(latitude))
      * power(sin(radians(longitude - %(longitude)s) / 2), 2)
    )) AS km,
    ((%(now)s::timestamptz AT TIME ZONE time_zone)::date + %(horizon)s::int + 1)::timestamp
      AT TIME ZONE time_zone - interval '1 microsecond' AS latest
  FROM services_centre WHERE is_active ORDER BY km, id LIMIT %(count)s
)
SELECT c.id, c.km, COALESCE(
"""
_EARLIEST = "".join(
    [_NEAREST, ", ".join(_window(*each) for each in _WINDOWS), ") FROM c ORDER BY c.km, c.id"]
)


class Near(NamedTuple):
    """A centre, how far it is, and its first free time within WITHIN_DAYS, if there is one."""

    centre: Centre
    km: float
    slot: Slot | None

    @property
    def rounded_km(self) -> float:
        """As one says it: tenths only where they matter."""
        return round(self.km, 1) if self.km < 10 else round(self.km)


def earliest(*, latitude: float, longitude: float, plan: Plan, count: int, now: datetime) -> list[Near]:
    """The ``count`` nearest centres that take bookings, the nearest first. Two queries.

    Degrees (WGS 84); kilometres as the crow flies (haversine, a sphere of 6,371 km).
    """
    # Loan cars come back by each centre's own rule; the longest is asked of all.
    longest = Centre.objects.open_to_owners().order_by("-loan_return_minutes")
    centres = {centre.pk: centre for centre in longest}
    if not centres or not all(kind.is_active for kind in plan.service_types):
        return []
    demands = demands_of(plan, next(iter(centres.values())))
    with connection.cursor() as cursor:
        cursor.execute(
            _EARLIEST,
            {
                **asked_of(plan, demands, now),
                "diameter": EARTH_DIAMETER_KM,
                "latitude": latitude,
                "longitude": longitude,
                "count": count,
                "days": min(WITHIN_DAYS, plan.horizon_days),
                "horizon": plan.horizon_days,
                "earliest": now + timedelta(hours=plan.notice_hours),
            },
        )
        rows = cursor.fetchall()
    return [
        Near(centres[pk], km, Slot(start, start + plan.length) if start else None) for pk, km, start in rows
    ]


def first_of_all(found: list[Near]) -> Near | None:
    """The earliest time of those found; of equal ones the nearest."""
    timed = [(near.slot.starts_at, near.km, near) for near in found if near.slot is not None]
    return min(timed, key=lambda each: each[:2])[2] if timed else None
