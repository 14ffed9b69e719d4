"""Why somebody can't do something at a time, in words. Whether they can, the search alone decides."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from common import civil
from services.booking import availability
from services.booking.plans import Demand, Plan, demands_of, plan_of
from services.models import Allocation, Appointment, Qualification, Resource, Skill

Kind = Resource.Kind


def demands(appointment: Appointment, plan: Plan) -> list[Demand]:
    """What the visit needs, in order."""
    return demands_of(plan, appointment.centre)


def why_not(
    *,
    appointment: Appointment,
    starts_at: datetime,
    seats: Mapping[tuple[int, str], Resource],
    now: datetime,
) -> str:
    """Why one of the named seats can't be had for a start at ``starts_at``; "" when none is in the way."""
    for demand in demands(appointment, plan_of(appointment)):
        resource = seats.get((demand.position, demand.part))
        if resource is not None:
            words = _in_the_way(appointment, demand, resource, starts_at, now)
            if words:
                return words
    return ""


def what_is_lacking(
    *,
    appointment: Appointment,
    starts_at: datetime,
    seats: Mapping[tuple[int, str], Resource],
    now: datetime,
) -> str:
    """What the visit finds nobody or nothing for at ``starts_at``."""
    words = why_not(appointment=appointment, starts_at=starts_at, seats=seats, now=now)
    if words:
        return words
    plan = plan_of(appointment)
    wanted = demands(appointment, plan)
    found = availability.candidates(
        centre=appointment.centre,
        plan=plan,
        demands=wanted,
        starts_at=starts_at,
        now=now,
        moving=appointment,
    )
    clock = _clock(appointment, starts_at)
    for demand, possible in zip(wanted, found, strict=True):
        if not possible:
            return _nobody(demand, clock)
    return _("Not everything that this visit needs is free at %(time)s.") % {"time": clock}


def _nobody(demand: Demand, clock: str) -> str:
    said = {
        Kind.TECHNICIAN: _("No technician who can do this is free at %(time)s."),
        Kind.MOBILE: _("No mobile technician is free at %(time)s."),
        Kind.DRIVER: _("No driver is free at %(time)s."),
        Kind.BAY: _("No bay of the kind that is needed is free at %(time)s."),
        Kind.LANE: _("No lane of the swap station is free at %(time)s."),
        Kind.LOAN_CAR: _("No loan car is free at %(time)s."),
        Kind.TEST_CAR: _("No test-drive car is free at %(time)s."),
    }
    return said[demand.kind] % {"time": clock}


def _in_the_way(
    appointment: Appointment, demand: Demand, resource: Resource, starts_at: datetime, now: datetime
) -> str:
    name = {"name": resource.name}
    if resource.kind != demand.kind or (demand.bay_type and resource.bay_type != demand.bay_type):
        return _("%(name)s is not what this work needs.") % name
    day = civil.local_date(starts_at, appointment.centre.zone)
    if demand.skill is not None:
        skill = Skill.objects.get(pk=demand.skill)
        held = Qualification.objects.filter(resource=resource, skill=skill).first()
        if held is None:
            return _("%(name)s lacks the skill “%(skill)s”.") % {**name, "skill": skill.name}
        if held.valid_until and held.valid_until < day:
            return _("%(name)s: the skill “%(skill)s” has run out.") % {**name, "skill": skill.name}
    way = resource.travel_minutes * 60
    start = starts_at.timestamp() + demand.low.total_seconds() - demand.before * way
    end = starts_at.timestamp() + demand.high.total_seconds() + demand.after * way
    span = (datetime.fromtimestamp(start, starts_at.tzinfo), datetime.fromtimestamp(end, starts_at.tzinfo))
    taken = (
        Allocation.objects.filter(resource=resource, active=True, span__overlap=span)
        .exclude(appointment=appointment)
        .exclude(expires_at__lte=now)
        .select_related("job__service_type", "appointment__service_type", "absence", "closure")
        .order_by("span")
        .first()
    )
    if taken is None:
        free = availability.candidates(
            centre=appointment.centre,
            plan=plan_of(appointment),
            demands=[demand],
            starts_at=starts_at,
            now=now,
            moving=appointment,
        )[0]
        if any(candidate.resource_id == resource.pk for candidate in free):
            return ""
        return _("%(name)s is off shift, or the centre is closed then.") % name
    return _taken_words(appointment, resource, taken)


def _taken_words(appointment: Appointment, resource: Resource, taken: Allocation) -> str:
    words = {
        "name": resource.name,
        "from": _clock(appointment, taken.span.lower),
        "until": _clock(appointment, taken.span.upper),
    }
    if taken.absence:
        return _("%(name)s is away: %(reason)s.") % {**words, "reason": taken.absence.get_reason_display()}
    if taken.closure:
        return _("The centre is closed then: %(reason)s.") % {"reason": str(taken.closure)}
    if taken.appointment is None:
        return _("Somebody is just deciding about %(name)s from %(from)s to %(until)s.") % words
    kind = taken.job.service_type if taken.job else taken.appointment.service_type
    return _("%(name)s is taken from %(from)s to %(until)s: %(work)s, %(code)s.") % {
        **words,
        "work": kind.name,
        "code": taken.appointment.code,
    }


def _clock(appointment: Appointment, moment: datetime) -> str:
    return f"{moment.astimezone(appointment.centre.zone):%H:%M}"
