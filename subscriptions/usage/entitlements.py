"""May this car (or this person) have so much of something now, and what is left of it?

The one answer for all apps. What is promised ahead (a booked swap) is reserved on the meter, under
its lock, so that two promises never share one right.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from accounts.models import User
from common import civil
from common.errors import Conflict
from subscriptions.billing import periods
from subscriptions.models import Contract, ContractVersion, Meter, Reservation
from subscriptions.usage.allowances import allowance_of
from vehicles.models import Vehicle

KEPT = timedelta(days=60)  # a promise that nobody used or gave back


class NothingLeft(Conflict):
    """The allowance of this period is used up, and the plan sells no more of it."""

    code = "allowance_used_up"


class Entitlement(NamedTuple):
    """What one contract includes of a unit in its period of ``day`` (Berlin).

    ``left`` may be 0 while more can be had at ``overage_cents`` each (gross); with None it can't.
    """

    contract_id: int
    contract: str
    unit: str
    period: periods.Period
    included: Decimal
    used: Decimal
    reserved: Decimal
    overage_cents: int | None

    @property
    def starts_on(self) -> date:
        return self.period[0]

    @property
    def ends_on(self) -> date:
        """The first day of the next period."""
        return self.period[1]

    @property
    def left(self) -> Decimal:
        return max(self.included - self.used - self.reserved, Decimal(0))

    def allows(self, quantity: Decimal) -> bool:
        """Included, or at a price."""
        return quantity <= self.left or self.overage_cents is not None

    @property
    def percent(self) -> int:
        """How much of it is used or promised, 0 to 100; 0 where nothing is included."""
        if not self.included:
            return 0
        return min(100, int((self.used + self.reserved) * 100 / self.included))


def entitlements_of(
    *,
    vehicle: Vehicle | None = None,
    person: User | None = None,
    contracts: QuerySet[Contract] | None = None,
    unit: str | None = None,
    now: datetime,
) -> list[Entitlement]:
    """All that the named contracts include today in Berlin; two queries.

    Of a car the contracts for that car, whoever drives it; of a person those that follow no car; or
    all of ``contracts``. Paused contracts include nothing.
    """
    day = civil.local_date(now)
    if contracts is not None:
        whose = Q(contract__in=contracts.order_by())
    elif vehicle is not None:
        whose = Q(vehicle=vehicle)
    else:
        whose = Q(contract__holder=person, vehicle__isnull=True)
    rows = list(_versions(whose, day))
    meters = _meters([row.contract_id for row in rows], day)
    found = []
    for row in rows:
        period = _period(row, day)
        for component in row.plan_version.allowances:
            if "unit" in component and unit in (None, component["unit"]):
                found.append(_entitlement(row, component["unit"], period, meters))
    return found


def look(
    *, vehicle: Vehicle | None = None, person: User | None = None, unit: str, now: datetime
) -> Entitlement | None:
    """The entitlement with the most left; None when no contract names the unit."""
    found = entitlements_of(vehicle=vehicle, person=person, unit=unit, now=now)
    return max(found, key=lambda each: (each.left, each.overage_cents is not None), default=None)


def reserve(
    *,
    key: str,
    vehicle: Vehicle | None = None,
    person: User | None = None,
    unit: str,
    quantity: Decimal,
    now: datetime,
) -> Reservation:
    """Promise so much ahead; the same key again gives the same promise.

    Raises NothingLeft (409) when no contract covers it.
    """
    if (made := Reservation.objects.filter(key=key).first()) is not None:
        return made
    with transaction.atomic():
        for entitlement in sorted(
            entitlements_of(vehicle=vehicle, person=person, unit=unit, now=now), key=lambda e: e.contract_id
        ):
            meter = _locked_meter(entitlement)
            fresh = entitlement._replace(used=meter.used, reserved=meter.reserved)
            if not fresh.allows(quantity):
                continue
            made, created = Reservation.objects.get_or_create(
                key=key,
                defaults={"meter": meter, "quantity": quantity, "expires_at": now + KEPT, "at": now},
            )
            if created:
                Meter.objects.filter(pk=meter.pk).update(reserved=F("reserved") + quantity)
            return made
    raise NothingLeft(_("Nothing is left of this in your contract for now."))


def spend(*, key: str, now: datetime) -> None:
    """What was promised was used: its report counts it on the meter. Unknown or done: nothing."""
    _close(key, Reservation.State.SPENT)


def release(*, key: str, now: datetime) -> None:
    """What was promised is not needed. Unknown or done: nothing."""
    _close(key, Reservation.State.RELEASED)


def release_expired(*, now: datetime) -> int:
    """Give back promises that ran out; how many they were."""
    keys = Reservation.objects.filter(state=Reservation.State.HELD, expires_at__lte=now)
    return sum(_close(key, Reservation.State.RELEASED) for key in keys.values_list("key", flat=True)[:1000])


def _close(key: str, state: str) -> int:
    """Locks the meter first, as reserve does."""
    with transaction.atomic():
        meter = Meter.objects.select_for_update(of=("self",)).filter(reservations__key=key).first()
        if meter is None:
            return 0
        held = Reservation.objects.filter(key=key, state=Reservation.State.HELD).first()
        if held is None:
            return 0
        held.state = state
        held.save(update_fields=["state"])
        Meter.objects.filter(pk=meter.pk).update(reserved=F("reserved") - held.quantity)
    return 1


def _locked_meter(entitlement: Entitlement) -> Meter:
    period = Range(*entitlement.period, "[)")
    same = {"contract_id": entitlement.contract_id, "unit": entitlement.unit, "period": period}
    Meter.objects.bulk_create([Meter(**same)], ignore_conflicts=True)
    return Meter.objects.select_for_update(of=("self",)).get(**same)


def _versions(whose: Q, day: date) -> QuerySet[ContractVersion]:
    return (
        ContractVersion.objects.filter(whose, valid__contains=day, paused=False)
        .filter(contract__withdrawn_at__isnull=True)
        .select_related("plan_version", "contract__plan")
        .order_by("contract_id")
    )


def _period(row: ContractVersion, day: date) -> periods.Period:
    return periods.period_of(anchor=row.contract.starts_on, months=row.plan_version.period_months, day=day)


def _meters(contracts: list[int], day: date) -> dict[tuple[int, str], list[Meter]]:
    """Meters by contract and unit, newest first: this period's and the one before."""
    found: dict[tuple[int, str], list[Meter]] = {}
    for meter in Meter.objects.filter(contract__in=contracts, period__startswith__lte=day).order_by(
        F("period").desc()
    ):
        found.setdefault((meter.contract_id, meter.unit), []).append(meter)
    return found


def _entitlement(
    row: ContractVersion, unit: str, period: periods.Period, meters: dict[tuple[int, str], list[Meter]]
) -> Entitlement:
    mine = {meter.period.lower: meter for meter in meters.get((row.contract_id, unit), [])}
    meter = mine.get(period[0], Meter(used=Decimal(0), reserved=Decimal(0)))
    components = row.plan_version.allowances
    allowance = allowance_of(components, unit, unused_before=_unused(row, unit, period, mine))
    included, overage = (allowance.included, allowance.overage_cents) if allowance else (Decimal(0), None)
    return Entitlement(
        row.contract_id, row.contract.code, unit, period, included, meter.used, meter.reserved, overage
    )


def _unused(row: ContractVersion, unit: str, period: periods.Period, mine: dict[date, Meter]) -> Decimal:
    """What was left of the period before, by its own allowance; 0 in a contract's first period."""
    allowance = allowance_of(row.plan_version.allowances, unit)
    if allowance is None or period[0] == row.contract.starts_on:
        return Decimal(0)
    before = next((meter for meter in mine.values() if meter.period.upper == period[0]), None)
    return allowance.included - (before.used if before else Decimal(0))
