"""How much of its capacity a pack still holds, over time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from journal import log
from subscriptions.models import Pack, PackHealth
from subscriptions.packs.fitting import require_running

WIDTH, HEIGHT, EDGE = 320, 120, 10
LOWEST = Decimal(60)  # the chart's floor: warranties end at 70 %
POINTS = 60


def record_health(
    *, by: User, pack: Pack, percent: Decimal, cycles: int | None = None, measured_at: datetime, now: datetime
) -> PackHealth:
    """A measurement in percent of the capacity when new, taken at an instant not after ``now``.

    Raises NotAllowed, Invalid, Conflict when this instant has one already.
    """
    require_running(by)
    if not Decimal(0) < percent <= Decimal(110):
        raise Invalid(_("A state of health lies above 0 and up to 110 percent."), field="percent")
    if measured_at > now:
        raise Invalid(_("This lies in the future."), field="measured_at")
    with transaction.atomic():
        Pack.objects.select_for_update(of=("self",)).get(pk=pack.pk)
        if PackHealth.objects.filter(pack=pack, measured_at=measured_at).exists():
            raise Conflict(_("There is a measurement of this instant already."), code="measured_already")
        made = PackHealth.objects.create(pack=pack, percent=percent, cycles=cycles, measured_at=measured_at)
        log.record("subscriptions.pack_measured", by=by, subject=pack, data={"percent": str(percent)}, at=now)
    return made


@dataclass(frozen=True)
class Curve:
    """Measurements as a drawing: oldest first, in the units of the SVG's view box."""

    newest: PackHealth
    measured: list[PackHealth]  # newest first
    points: list[tuple[float, float]]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def line(self) -> str:
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


def curve_of(pack: Pack | None) -> Curve | None:
    """The newest measurements of a pack; None where it has none. One query."""
    measured = list(PackHealth.objects.filter(pack=pack)[:POINTS]) if pack else []
    if not measured:
        return None
    first, last = measured[-1].measured_at, measured[0].measured_at
    span = (last - first).total_seconds() or 1
    points = [
        (
            round(EDGE + (WIDTH - 2 * EDGE) * (each.measured_at - first).total_seconds() / span, 1),
            _height_of(each.percent),
        )
        for each in reversed(measured)
    ]
    return Curve(measured[0], measured, points)


def _height_of(percent: Decimal) -> float:
    share = (min(max(percent, LOWEST), Decimal(100)) - LOWEST) / (100 - LOWEST)
    return round(float(EDGE + (HEIGHT - 2 * EDGE) * (1 - share)), 1)
