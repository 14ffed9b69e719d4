"""Which plan holds for a contract on which days: computed from the order and the changes agreed since.

The rows of ContractVersion are this timeline written down; the same changes always give the same rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from psycopg.types.range import Range

from subscriptions.models import Contract, ContractChange, ContractVersion, PlanVersion

Kind = ContractChange.Kind
SWITCHES = {Kind.UPGRADE, Kind.DOWNGRADE, Kind.NEW_TERMS}


class Agreed(NamedTuple):
    """A change as far as days and plans go; ``ends_on`` is the first day after a flex or a pause."""

    kind: str
    starts_on: date
    ends_on: date | None
    version: PlanVersion | None


@dataclass(frozen=True)
class Slice:
    """Days ``[first, until)``: the plan underneath, and what lies over it."""

    first: date
    until: date | None
    base: PlanVersion
    flex: PlanVersion | None = None
    paused: bool = False

    @property
    def version(self) -> PlanVersion:
        return self.flex or self.base


def agreed_changes(contract: Contract) -> list[Agreed]:
    """What still holds, in the order of agreement; one query."""
    rows = ContractChange.objects.filter(contract=contract, undone_at__isnull=True)
    rows = rows.exclude(kind=Kind.RESUME).select_related("plan_version__plan").order_by("agreed_at", "pk")
    return [Agreed(row.kind, row.starts_on, row.ends_on, row.plan_version) for row in rows]


def slices(
    *, starts_on: date, version: PlanVersion, changes: Iterable[Agreed], ends_on: date | None = None
) -> list[Slice]:
    """Slices without gap or overlap from ``starts_on`` to ``ends_on`` (for ever, if None).

    Of two plans agreed for the same day the later agreement holds, and a new plan takes the place of
    every plan that was to begin on its first day or later: down, up, down on one day is one switch.
    """
    base: list[tuple[date, PlanVersion]] = [(starts_on, version)]
    over: list[Agreed] = []
    for change in changes:
        if change.kind in SWITCHES and change.version is not None:
            first = max(change.starts_on, starts_on)
            base = [row for row in base if row[0] < first] + [(first, change.version)]
        elif change.kind in (Kind.FLEX, Kind.PAUSE):
            over.append(change)
    found: list[Slice] = []
    for first, until in _between(starts_on, ends_on, base, over):
        under = [row[1] for row in base if row[0] <= first][-1]
        lying = [each for each in over if each.starts_on <= first and _before(first, each.ends_on)]
        top = lying[-1] if lying else None
        each = Slice(
            first,
            until,
            under,
            flex=top.version if top and top.kind == Kind.FLEX else None,
            paused=bool(top and top.kind == Kind.PAUSE),
        )
        if found and _same(found[-1], each):
            found[-1] = replace(found[-1], until=until)
        else:
            found.append(each)
    return found


def _between(
    starts_on: date, ends_on: date | None, base: Sequence[tuple[date, PlanVersion]], over: Sequence[Agreed]
) -> list[tuple[date, date | None]]:
    """Neighbouring days on which something may change."""
    marks = {starts_on, *(row[0] for row in base), *(each.starts_on for each in over)}
    marks |= {each.ends_on for each in over if each.ends_on is not None}
    days = sorted(  # none for a contract that was withdrawn from before it began
        day for day in marks if day >= starts_on and _before(day, ends_on)
    )
    return list(zip(days, [*days[1:], ends_on], strict=False))


def _before(day: date, until: date | None) -> bool:
    return until is None or day < until


def _same(one: Slice, other: Slice) -> bool:
    return (one.base.pk, one.flex, one.paused) == (other.base.pk, other.flex, other.paused)


def slices_of(contract: Contract) -> list[Slice]:
    """The contract's timeline as agreed today; one query when ``plan_version__plan`` is loaded."""
    return slices(
        starts_on=contract.starts_on,
        version=contract.plan_version,
        changes=agreed_changes(contract),
        ends_on=contract.ends_on,
    )


def slice_on(found: Sequence[Slice], day: date) -> Slice:
    """The slice of ``day``; the first one before the contract begins, the last one after its end."""
    reached = [each for each in found if each.first <= day]
    return reached[-1] if reached else found[0]


def write(contract: Contract, found: Sequence[Slice]) -> None:
    """Make the rows equal the timeline, from the first one that differs; under lock of the contract.

    Raises IntegrityError when another battery contract of the car has one of the days.
    """
    rows = list(ContractVersion.objects.filter(contract=contract).order_by("valid"))
    same = 0
    for row, each in zip(rows, found, strict=False):
        if (row.valid.lower, row.valid.upper, row.plan_version_id, row.paused, row.flex) != (
            each.first,
            each.until,
            each.version.pk,
            each.paused,
            each.flex is not None,
        ):
            break
        same += 1
    ContractVersion.objects.filter(pk__in=[row.pk for row in rows[same:]]).delete()
    ContractVersion.objects.bulk_create(
        ContractVersion(
            contract=contract,
            plan_version=each.version,
            vehicle_id=contract.vehicle_id,
            kind=each.version.plan.kind,
            valid=Range(each.first, each.until, "[)"),
            paused=each.paused,
            flex=each.flex is not None,
        )
        for each in found[same:]
    )
