"""Visits with somebody assigned, and check sheets, for tests of the technician's work."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.models import User
from services.models import Allocation, Appointment, CheckItem, Estimate, EstimateLine, Job, Resource
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, Workshop, make_car, make_workshop

MORNING = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)  # a Thursday, 08:30 in Berlin


class Shop(NamedTuple):
    workshop: Workshop
    technician: Resource
    person: User  # the technician
    staff: User
    visit: Appointment
    job: Job


def employ(workshop: Workshop, place: int = 0) -> User:
    """A person behind a technician, with the role at the centre."""
    person = UserFactory.create(role="technician", scope=workshop.centre)
    technician = workshop.technicians[place]
    technician.user = person
    technician.save(update_fields=["user"])
    return person


def visit_for(
    workshop: Workshop,
    technician: Resource | None,
    *,
    status: str = Appointment.Status.ARRIVED,
    starts_at: datetime = MORNING,
    **more: Any,
) -> Job:
    """A visit's only job, given to the technician and the first bay."""
    owner = more.pop("owner", None) or UserFactory.create()
    if "vehicle" not in more:
        more["vehicle"] = make_car(owner)
    visit = AppointmentFactory.create(
        centre=workshop.centre,
        service_type=workshop.service_type,
        booked_by=owner,
        starts_at=starts_at,
        status=status,
        **more,
    )
    job = Job.objects.get(appointment=visit)
    for part, resource in (("technician", technician), ("place", workshop.bays[0])):
        if resource is not None:
            Allocation.objects.create(
                resource=resource,
                kind=Allocation.Kind.VISIT,
                span=visit.span,
                appointment=visit,
                job=job,
                part=part,
            )
    return job


def make_shop(**visit: Any) -> Shop:
    """A workshop with one technician, who has one job on Thursday morning."""
    workshop = make_workshop()
    person = employ(workshop)
    technician = workshop.technicians[0]
    job = visit_for(workshop, technician, **visit)
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    return Shop(workshop, technician, person, staff, job.appointment, job)


def tread(job: Job, position: int = 1, **fields: Any) -> CheckItem:
    """A measured point: at least 4.0 mm."""
    return CheckItem.objects.create(
        **{
            "service_type": job.service_type,
            "position": position,
            "text_de": "Profil vorn links",
            "text_en": "Tread front left",
            "unit": "mm",
            "lowest": Decimal("4.00"),
            **fields,
        }
    )


def approved_line(visit: Appointment, *, decision: str = "approved", at: datetime = MORNING) -> EstimateLine:
    """A line of an estimate that was decided."""
    estimate = Estimate.objects.create(
        appointment=visit,
        number=visit.estimates.count() + 1,
        state=Estimate.State.DECIDED,
        created_by=visit.booked_by,
        created_at=at,
        sent_at=at,
        expires_at=at,
        decided_at=at,
        decided_by=visit.booked_by,
        decided_through=Estimate.Channel.PAGE,
    )
    return EstimateLine.objects.create(
        estimate=estimate, position=1, title="Bremsscheiben vorn", decision=decision
    )
