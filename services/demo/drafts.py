"""Visits of the demo before they are written, and the day that finds room for them.

Each resource's day only moves forward, so nothing ever overlaps: what a visit takes follows from
the same demands that a real booking asks for.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from common import civil
from services.booking.plans import Demand, Plan, demands_of
from services.demo.houses import House
from services.models import Allocation, Appointment, Job, Resource
from vehicles.models import Vehicle

QUARTER = timedelta(minutes=15)


class Taken(NamedTuple):
    demand: Demand
    resource: Resource
    span: DateTimeTZRange


@dataclass
class Draft:
    """``scene`` names a visit that the demo tells by hand; ``answered_after`` is how long its customer,
    asked about an estimate, took to answer; ``parts_after`` how long parts took."""

    house: House
    plan: Plan
    starts_at: datetime
    taken: list[Taken]
    scene: str = ""
    appointment: Appointment = field(default_factory=Appointment)
    jobs: list[Job] = field(default_factory=list)
    answered_after: timedelta | None = None
    parts_after: timedelta | None = None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.plan.length

    @property
    def status(self) -> Appointment.Status:
        return Appointment.Status(self.appointment.status)

    @property
    def codes(self) -> set[str]:
        return {kind.code for kind in self.plan.service_types}

    def technician_of(self, job: Job) -> Resource | None:
        part = Allocation.Part.TECHNICIAN
        found = (t.resource for t in self.taken if (t.demand.position, t.demand.part) == (job.position, part))
        return next(found, None)

    def first_technician(self) -> Resource | None:
        return next((found for job in self.jobs if (found := self.technician_of(job))), None)

    def colleague(self, desk: User) -> User:
        """Who speaks for the house: at the first one its front desk."""
        technician = self.first_technician()
        elsewhere = technician.user if technician and self.house.number else None
        return elsewhere or desk

    def write(self, *, vehicle: Vehicle | None, customer: User, created_at: datetime, **fields: Any) -> None:
        """The rows of it, not saved."""
        span = DateTimeTZRange(self.starts_at, self.ends_at, "[)")
        wished = self.plan.is_priced and self.starts_at < created_at + timedelta(days=14)
        self.appointment = Appointment(
            centre=self.house.centre,
            vehicle=vehicle,
            booked_by=customer,
            service_type=self.plan.service_types[0],
            span=span,
            way=self.plan.way,
            loan_car=self.plan.loan_car,
            price_cents=self.plan.price_cents,
            promised_at=span.upper,
            created_at=created_at,
            early_start_at=created_at if wished else None,
            **fields,
        )
        self.jobs = [
            Job(
                appointment=self.appointment,
                position=position,
                service_type=step.service_type,
                span=DateTimeTZRange(
                    self.starts_at + step.offset, self.starts_at + step.offset + step.length, "[)"
                ),
                price_cents=step.service_type.price_cents,
            )
            for position, step in enumerate(self.plan.steps, start=1)
        ]

    def allocations(self) -> list[Allocation]:
        jobs = {job.position: job for job in self.jobs}
        return [
            Allocation(
                resource=resource,
                kind=Allocation.Kind.VISIT,
                span=span,
                appointment=self.appointment,
                job=jobs.get(demand.position),
                part=demand.part,
                active=self.status not in Appointment.Status.gone(),
            )
            for demand, resource, span in self.taken
        ]


class Day:
    """One day of a house: from when each resource is free, and until when it is there."""

    def __init__(self, rng: random.Random, house: House, day: date, not_before: time = time()) -> None:
        self.rng, self.house, self.day = rng, house, day
        opens, closes = house.hours[day.isoweekday()]
        zone = house.centre.zone
        self.free: dict[int, datetime] = {}
        self.until: dict[int, datetime] = {}
        for each in house.resources:
            low, high = opens, closes
            if each.kind in Resource.Kind.people():
                clock = house.present.get((each.pk, day.isoweekday()))
                if clock is None:
                    continue
                low, high = max(low, clock[0]), min(high, clock[1])
            if day in house.away.get(each.pk, ()):
                continue
            self.free[each.pk] = civil.instant(day, max(low, not_before), zone)
            self.until[each.pk] = civil.instant(day, high, zone)
            if each.kind == Resource.Kind.LOAN_CAR:  # comes back after closing, too
                self.until[each.pk] += timedelta(hours=3)

    def place(self, plan: Plan, *, gap: int = 0, scene: str = "") -> Draft | None:
        """Take what the plan demands at the next time at which all of it is free; None: not today."""
        chosen: list[tuple[Demand, Resource, timedelta, timedelta]] = []
        start = min(self.free.values(), default=None)
        if start is None:
            return None
        for demand in demands_of(plan, self.house.centre):
            resource = self._choose(demand, plan, [each for _demand, each, *_span in chosen])
            if resource is None:
                return None
            way = timedelta(minutes=resource.travel_minutes)
            low, high = demand.low - demand.before * way, demand.high + demand.after * way
            start = max(start, self.free[resource.pk] - low)
            chosen.append((demand, resource, low, high))
        start = _on_grid(start + QUARTER * gap, plan.grid_minutes)
        if any(start + high > self.until[each.pk] for _demand, each, _low, high in chosen):
            return None
        for _demand, each, _low, high in chosen:
            self.free[each.pk] = max(self.free[each.pk], start + high)
        taken = [
            Taken(demand, each, DateTimeTZRange(start + low, start + high, "[)"))
            for demand, each, low, high in chosen
        ]
        return Draft(self.house, plan, start, taken, scene)

    def _choose(self, demand: Demand, plan: Plan, with_it: list[Resource]) -> Resource | None:
        """One of those that would do: whoever does the job before, else one of the two that wait longest."""
        fitting = [each for each in self.house.resources if self._fits(each, demand, plan)]
        same = [each for each in fitting if each in with_it]
        if same or not fitting:
            return same[0] if same else None
        few = self.rng.sample(fitting, min(2, len(fitting)))
        return min(few, key=lambda each: self.free[each.pk])

    def _fits(self, each: Resource, demand: Demand, plan: Plan) -> bool:
        if each.pk not in self.free or (each.kind, each.bay_type) != (demand.kind, demand.bay_type):
            return False
        if demand.skill is not None and demand.skill not in self.house.abilities.get(each.pk, ()):
            return False
        return not each.area or any(plan.postcode.startswith(begin) for begin in each.area)


def _on_grid(moment: datetime, minutes: int) -> datetime:
    """The next instant on the grid: all zones here are whole hours from UTC."""
    over = moment.timestamp() % (minutes * 60)
    return moment if not over else moment + timedelta(seconds=minutes * 60 - over)


__all__ = ["Day", "Draft", "Taken"]
