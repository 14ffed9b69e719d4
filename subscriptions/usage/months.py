"""What a holder used, period by period: the figures behind the chart."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from accounts.models import User
from subscriptions.models import Contract, Meter

SHOWN = 12


class Used(NamedTuple):
    """One bar: what was used in the period ``[first, until)``; ``share`` of the highest, 0 to 100."""

    first: date
    until: date
    used: Decimal
    share: int


class History(NamedTuple):
    contract: Contract
    unit: str
    bars: list[Used]


def history_of(*, user: User) -> list[History]:
    """The last twelve periods of each unit of all one's contracts, oldest first; two queries."""
    meters = (
        Meter.objects.visible_to(user)
        .select_related("contract__plan")
        .order_by("contract_id", "unit", "-period")
    )
    rows: dict[tuple[int, str], list[Meter]] = {}
    for meter in meters:
        mine = rows.setdefault((meter.contract_id, meter.unit), [])
        if len(mine) < SHOWN:
            mine.append(meter)
    return [History(mine[0].contract, unit, _bars(mine[::-1])) for (_id, unit), mine in rows.items()]


def _bars(meters: list[Meter]) -> list[Used]:
    most = max(meter.used for meter in meters) or Decimal(1)
    return [
        Used(meter.period.lower, meter.period.upper, meter.used, int(meter.used * 100 / most))
        for meter in meters
    ]
