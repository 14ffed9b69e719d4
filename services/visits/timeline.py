"""How far a visit is: the way a car goes through the house, with what was said at each step."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from services.models import Appointment, PromiseChange, StatusChange
from services.visits import promises

Status = Appointment.Status

# The way that every car goes; the two kinds of waiting appear only where somebody waits.
WAY = (Status.ARRIVED, Status.DIAGNOSED, Status.IN_WORK, Status.QUALITY_CHECK, Status.READY, Status.DONE)
# What a small job does without: shown when it was taken, and while it may still come.
OPTIONAL = (Status.DIAGNOSED, Status.QUALITY_CHECK)


@dataclass(frozen=True)
class Step:
    """One step of the way. ``at`` is when it was taken, None while it lies ahead."""

    status: Status
    at: datetime | None
    is_now: bool = False
    note: str = ""
    parts: str = ""
    parts_expected_on: date | None = None

    @property
    def waits(self) -> bool:
        return self.status in (Status.WAITING_APPROVAL, Status.WAITING_PARTS)


class Timeline(NamedTuple):
    """``promised_at`` holds; ``promised_before`` are the earlier ones. ``reason`` is why it changed last."""

    steps: list[Step]
    promised_at: datetime | None
    promised_before: list[PromiseChange]
    reason: str

    @property
    def now(self) -> Step | None:
        return next((step for step in self.steps if step.is_now), None)


def read_timeline(visit: Appointment) -> Timeline:
    """Steps taken, oldest first, then those that lie ahead. Two reads."""
    taken = list(StatusChange.objects.filter(appointment=visit).order_by("at", "pk"))
    promised = list(PromiseChange.objects.filter(appointment=visit).order_by("at", "pk"))
    return Timeline(
        steps=[*_taken(visit, taken), *_ahead(visit, taken)],
        promised_at=visit.promised_at,
        promised_before=promises.told_before(promised),
        reason=promised[-1].reason if promised else "",
    )


def _taken(visit: Appointment, rows: list[StatusChange]) -> list[Step]:
    steps = [
        Step(
            status=Status(row.status),
            at=row.at,
            is_now=place == len(rows) - 1 and row.status == visit.status,
            note=row.note,
            parts=row.parts,
            parts_expected_on=row.parts_expected_on,
        )
        for place, row in enumerate(rows)
    ]
    if not any(step.is_now for step in steps) and visit.status in Status.in_house():
        steps.append(Step(status=Status(visit.status), at=None, is_now=True))
    return steps


def _ahead(visit: Appointment, rows: list[StatusChange]) -> list[Step]:
    """What still comes, as far as one can know: from the furthest point that was reached."""
    status = Status(visit.status)
    if status in (*Status.gone(), Status.DONE):
        return []
    if status in WAY:
        reached = WAY.index(status)
    else:
        # Waiting: nothing behind the furthest step counts as ahead again, but work still does.
        reached = max((WAY.index(Status(row.status)) for row in rows if row.status in WAY), default=-1)
        reached = min(reached, WAY.index(Status.DIAGNOSED))
    return [
        Step(status=step, at=None)
        for step in WAY[reached + 1 :]
        if step not in OPTIONAL or _may_come(step, status)
    ]


def _may_come(step: Status, status: Status) -> bool:
    return step == Status.QUALITY_CHECK and status in (Status.BOOKED, *Status.in_house())
