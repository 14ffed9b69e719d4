"""What somebody wants done, in order, and what the workshop must have free for it.

A plan becomes demands: some resource of a kind (with a skill, of a bay type, for a postcode) that
is free from ``low`` to ``high`` around the start. Search and booking know demands only, so that a
job, a loan car, a drive to the customer and a lane of a swap station are all the same to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from services.models import Allocation, Appointment, Centre, Job, Resource, ServiceType, Way
from vehicles.models import Vehicle

MOST_JOBS = 6
LONGEST = timedelta(hours=12)  # of a visit; the database knows it too
NOTHING = timedelta(0)
Part = Allocation.Part
Kind = Resource.Kind


class Step(NamedTuple):
    """One job: when it begins after the visit's start, and how long it takes."""

    service_type: ServiceType
    offset: timedelta
    length: timedelta


class Demand(NamedTuple):
    """Some resource like this is needed from ``low`` to ``high`` after the visit's start.

    ``before`` and ``after`` are how many of the resource's own ways of travel come on top.
    ``position`` is the job's; 0 for what the whole visit needs.
    """

    position: int
    part: Part
    kind: Kind
    low: timedelta
    high: timedelta
    skill: int | None = None
    bay_type: str = ""
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Plan:
    """One job or several in order, and how car and workshop come together."""

    steps: tuple[Step, ...]
    way: Way = Way.BRING
    loan_car: bool = False
    postcode: str = field(default="")  # where we come to; five digits

    @property
    def service_types(self) -> list[ServiceType]:
        return [step.service_type for step in self.steps]

    @property
    def length(self) -> timedelta:
        """From the begin of the first job to the end of the last."""
        return self.steps[-1].offset + self.steps[-1].length

    @property
    def price_cents(self) -> int | None:
        """Gross; None when one of the jobs is priced by an estimate."""
        return total_price(self.service_types)

    @property
    def is_priced(self) -> bool:
        """Whether booking it obliges to pay (BGB §312j(3))."""
        return any(kind.is_priced for kind in self.service_types)

    @property
    def needs_car(self) -> bool:
        return any(kind.needs_car for kind in self.service_types)

    @property
    def notice_hours(self) -> int:
        return max(kind.notice_hours for kind in self.service_types)

    @property
    def horizon_days(self) -> int:
        return min(kind.horizon_days for kind in self.service_types)

    @property
    def grid_minutes(self) -> int:
        return self.steps[0].service_type.grid_minutes


def make_plan(
    *,
    service_types: Sequence[ServiceType],
    way: str = Way.BRING,
    loan_car: bool = False,
    postcode: str = "",
) -> Plan:
    """The jobs one after the other, each with its buffers.

    Raises Invalid: no_work, too_much_work, work_twice, work_does_not_fit, not_mobile,
    mobile_one_job, no_loan_car, no_postcode.
    """
    if not service_types:
        raise Invalid(_("Please choose what is to be done."), code="no_work", field="service_types")
    if len({kind.pk for kind in service_types}) < len(service_types):
        raise Invalid(_("Please choose each kind of work once."), code="work_twice", field="service_types")
    plan = Plan(tuple(_in_order(service_types)), Way(way), loan_car, postcode.strip())
    if len(service_types) > MOST_JOBS or plan.length > LONGEST:
        raise Invalid(
            _("That is too much for one day. Please book a second visit for the rest."),
            code="too_much_work",
            field="service_types",
        )
    if len({kind.needs_car for kind in service_types}) > 1:
        raise Invalid(_("A test drive is booked by itself."), code="work_does_not_fit", field="service_types")
    _check_way(plan)
    return plan


def plan_of(appointment: Appointment) -> Plan:
    """What a visit asks for, with the lengths that were booked: types may have changed since."""
    return plan_with(appointment, appointment.jobs.select_related("service_type").order_by("position"))


def plan_with(appointment: Appointment, jobs: Iterable[Job]) -> Plan:
    """As plan_of, from the visit's jobs in order, where they are at hand."""
    start = appointment.starts_at
    return Plan(
        tuple(Step(job.service_type, job.starts_at - start, job.ends_at - job.starts_at) for job in jobs),
        Way(appointment.way),
        appointment.loan_car,
        appointment.postcode,
    )


def check_model(*, plan: Plan, vehicle: Vehicle) -> None:
    """Raises Invalid (wrong_model) when some of the work is not for the car's model. One query."""
    kinds = {kind.pk: kind for kind in plan.service_types}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT servicetype_id FROM services_servicetype_car_models WHERE servicetype_id = ANY(%s)
               GROUP BY servicetype_id HAVING NOT bool_or(vehiclemodel_id = %s)""",
            [list(kinds), vehicle.model_id],
        )
        unfit = cursor.fetchone()
    if unfit is not None:
        raise Invalid(
            _("“%(work)s” is not offered for the %(model)s.")
            % {"work": kinds[unfit[0]].name, "model": vehicle.model.name},
            code="wrong_model",
            field="service_types",
        )


def total_price(service_types: Iterable[ServiceType]) -> int | None:
    """Cents, gross; None when one of them is priced by an estimate."""
    prices = [kind.price_cents for kind in service_types]
    return None if None in prices else sum(price for price in prices if price is not None)


def demands_of(plan: Plan, centre: Centre) -> list[Demand]:
    """All that must be free at once, places before people."""
    found: list[Demand] = []
    for position, (kind, offset, length) in enumerate(plan.steps, start=1):
        low = offset - timedelta(minutes=kind.buffer_before_minutes)
        high = offset + length + timedelta(minutes=kind.buffer_after_minutes)
        if plan.way == Way.MOBILE:
            found.append(
                Demand(position, Part.TECHNICIAN, Kind.MOBILE, low, high, kind.skill_id, before=1, after=1)
            )
            continue
        found.append(Demand(position, Part.PLACE, Kind(kind.place), low, high, bay_type=kind.bay_type))
        if kind.skill_id is not None:
            found.append(Demand(position, Part.TECHNICIAN, Kind.TECHNICIAN, low, high, kind.skill_id))
    if plan.loan_car:
        back = plan.length + timedelta(minutes=centre.loan_return_minutes)
        found.append(Demand(0, Part.LOAN_CAR, Kind.LOAN_CAR, NOTHING, back))
    if plan.way == Way.PICK_UP:  # there and back with the car, both times
        found.append(Demand(0, Part.PICK_UP, Kind.DRIVER, NOTHING, NOTHING, before=2))
        found.append(Demand(0, Part.RETURN, Kind.DRIVER, plan.length, plan.length, after=2))
    return found


def _in_order(service_types: Sequence[ServiceType]) -> Iterable[Step]:
    offset = NOTHING
    for number, kind in enumerate(service_types):
        if number:
            offset += timedelta(minutes=kind.buffer_before_minutes)
        length = timedelta(minutes=kind.duration_minutes)
        yield Step(kind, offset, length)
        offset += length + timedelta(minutes=kind.buffer_after_minutes)


def _check_way(plan: Plan) -> None:
    if plan.way == Way.MOBILE and not all(kind.is_mobile for kind in plan.service_types):
        raise Invalid(_("This work needs our workshop."), code="not_mobile", field="way")
    if plan.way == Way.MOBILE and len(plan.steps) > 1:
        raise Invalid(
            _("A mobile technician does one job per visit."), code="mobile_one_job", field="service_types"
        )
    if plan.loan_car and (plan.way in (Way.MOBILE, Way.WAIT) or not plan.needs_car):
        raise Invalid(_("A loan car goes with a car that stays here."), code="no_loan_car", field="loan_car")
    if plan.way in Way.travelling() and not (len(plan.postcode) == 5 and plan.postcode.isdecimal()):
        raise Invalid(_("Please give the postcode that we come to."), code="no_postcode", field="postcode")
