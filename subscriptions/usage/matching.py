"""Who had the contract for a use: the one that includes the unit, on that day, of that keeper."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from common import civil
from subscriptions.billing import periods
from subscriptions.usage.readings import Reading


class Bearer(NamedTuple):
    """A contract on the days of one of its versions; ``keeps`` are the spans (UTC) in which its
    holder owned the car, None for contracts without a car."""

    contract_id: int
    code: str
    vin: str
    anchor: date
    months: int
    components: list[dict[str, Any]]
    units: frozenset[str]
    valid: Any
    keeps: list[Any] | None


# A car that was sold in the middle of a month: what was used after the moment of transfer is not the
# seller's any more, whatever their contract says.
_BEARERS = """
SELECT c.id, c.code, coalesce(v.vin, ''), c.starts_on, p.period_months,
  p.allowances,
  cv.valid,
  CASE WHEN v.id IS NOT NULL THEN ARRAY(
    SELECT o.period FROM vehicles_ownership o
    WHERE o.vehicle_id = v.id
      AND o.user_id IS NOT DISTINCT FROM c.holder_id
      AND o.organisation_id IS NOT DISTINCT FROM c.organisation_id
  ) END
FROM subscriptions_contractversion cv
JOIN subscriptions_contract c ON c.id = cv.contract_id
JOIN subscriptions_planversion p ON p.id = cv.plan_version_id
LEFT JOIN vehicles_vehicle v ON v.id = cv.vehicle_id
WHERE c.withdrawn_at IS NULL AND NOT cv.paused
  AND (c.code = ANY(%(codes)s) OR v.vin = ANY(%(vins)s))
ORDER BY c.id, cv.valid
"""

Known = dict[str, list[Bearer]]


def bearers_of(readings: Iterable[Reading]) -> Known:
    """All that may have to bear these readings, by contract number and by VIN; one query."""
    codes = {reading.contract for reading in readings if reading.contract}
    vins = {reading.vin for reading in readings if reading.vin}
    known: Known = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_BEARERS, {"codes": list(codes), "vins": list(vins)})
        for number, code, vin, anchor, months, stated, valid, keeps in cursor.fetchall():
            components = json.loads(stated)
            units = frozenset(each["unit"] for each in components if "unit" in each)
            bearer = Bearer(number, code, vin, anchor, months, components, units, valid, keeps)
            known[code].append(bearer)
            if vin:
                known[vin].append(bearer)
    return known


def bearer_of(reading: Reading, known: Known) -> Bearer | None:
    """The contract that bears a reading; None when nobody does (staff see it)."""
    day = civil.local_date(reading.used_at)
    for bearer in known.get(reading.contract or reading.vin, ()):
        if reading.unit not in bearer.units or day not in bearer.valid:
            continue
        if bearer.keeps is not None and not any(reading.used_at in span for span in bearer.keeps):
            continue
        return bearer
    return None


def period_of(bearer: Bearer, reading: Reading) -> periods.Period:
    """The period of billing in which it was used."""
    day = civil.local_date(reading.used_at)
    return periods.period_of(anchor=bearer.anchor, months=bearer.months, day=day)
