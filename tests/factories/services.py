"""A workshop for tests: ``make_workshop()`` is one centre with one technician and one bay."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import factory
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from common.codes import new_code
from services.booking.plans import Plan, make_plan
from services.models import (
    Absence,
    Allocation,
    Appointment,
    BayType,
    Centre,
    Job,
    OpeningHours,
    Resource,
    ServiceType,
    Shift,
    Skill,
)
from tests.factories.accounts import UserFactory
from vehicles.models import Ownership, Vehicle, VehicleModel

OPENS, CLOSES = time(7, 30), time(17, 0)


class CentreFactory(DjangoModelFactory[Centre]):
    class Meta:
        model = Centre

    code = factory.Sequence(lambda n: f"centre-{n}")
    name = factory.Sequence(lambda n: f"Hamburg-Altona {n}")
    street = "Stresemannstraße 12"
    postcode = "22769"
    town = "Hamburg"
    land = "HH"
    latitude = 53.563
    longitude = 9.945
    phone = "+49 40 0000001"
    email = "altona@nordlicht.example"


class SkillFactory(DjangoModelFactory[Skill]):
    class Meta:
        model = Skill

    code = factory.Sequence(lambda n: f"skill-{n}")
    name_de = "Mechanik"
    name_en = "Mechanics"


class ServiceTypeFactory(DjangoModelFactory[ServiceType]):
    class Meta:
        model = ServiceType

    code = factory.Sequence(lambda n: f"service-{n}")
    name_de = "Räderwechsel mit Einlagerung"
    name_en = "Wheel change with storage"
    duration_minutes = 45
    skill = factory.SubFactory(SkillFactory)
    bay_type = BayType.LIFT
    price_cents = 8900


def plan_for(*service_types: ServiceType, **more: Any) -> Plan:
    """These jobs one after the other."""
    return make_plan(service_types=service_types, **more)


def coming_thursday() -> date:
    """For pages and API, which ask the clock: the next Thursday but not before three days from now."""
    soon = timezone.localdate() + timedelta(days=3)
    return soon + timedelta(days=(3 - soon.weekday()) % 7)


def add_technician(
    centre: Centre,
    *skills: Skill | None,
    starts: time = OPENS,
    ends: time = CLOSES,
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5),
    **fields: Any,
) -> Resource:
    """A technician with a weekly shift and the given skills."""
    technician = Resource.objects.create(
        centre=centre, kind=Resource.Kind.TECHNICIAN, name=fields.pop("name", "T. Olsen"), **fields
    )
    technician.skills.set([skill for skill in skills if skill])
    Shift.objects.bulk_create(
        Shift(resource=technician, weekday=weekday, starts=starts, ends=ends, valid=DateRange(None, None))
        for weekday in weekdays
    )
    return technician


def add_bay(centre: Centre, bay_type: str = BayType.LIFT, name: str = "Hebebühne 1") -> Resource:
    return Resource.objects.create(centre=centre, kind=Resource.Kind.BAY, bay_type=bay_type, name=name)


def open_weekdays(
    centre: Centre, *, opens: time = OPENS, closes: time = CLOSES, weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=centre, weekday=weekday, opens=opens, closes=closes) for weekday in weekdays
    )


class Workshop(NamedTuple):
    centre: Centre
    service_type: ServiceType
    technicians: list[Resource]
    bays: list[Resource]


def make_workshop(*, technicians: int = 1, bays: int = 1, **service_type: Any) -> Workshop:
    """A centre open Monday to Friday 07:30–17:00 with one kind of work."""
    centre = CentreFactory.create()
    open_weekdays(centre)
    kind = ServiceTypeFactory.create(**service_type)
    return Workshop(
        centre,
        kind,
        [add_technician(centre, kind.skill, name=f"Technician {n}") for n in range(technicians)],
        [add_bay(centre, kind.bay_type, name=f"Hebebühne {n + 1}") for n in range(bays)],
    )


class AppointmentFactory(DjangoModelFactory[Appointment]):
    """A visit as it stands in the database, allocations not included: see ``take``."""

    class Meta:
        model = Appointment
        exclude = ["starts_at"]

    starts_at = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
    code = factory.LazyFunction(new_code)
    centre = factory.SubFactory(CentreFactory)
    service_type = factory.SubFactory(ServiceTypeFactory)
    booked_by = factory.SubFactory(UserFactory)
    span = factory.LazyAttribute(
        lambda o: DateTimeTZRange(
            o.starts_at, o.starts_at + timedelta(minutes=o.service_type.duration_minutes), "[)"
        )
    )
    price_cents = factory.LazyAttribute(lambda o: o.service_type.price_cents)
    promised_at = factory.LazyAttribute(lambda o: o.span.upper)
    created_at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

    @factory.post_generation
    def job(self, create: bool, extracted: Any, **_more: Any) -> None:
        """Every visit has the job that it is named after."""
        appointment: Any = self
        if create:
            Job.objects.create(
                appointment=appointment,
                position=1,
                service_type=appointment.service_type,
                span=appointment.span,
                price_cents=appointment.price_cents,
            )


def take(resource: Resource, starts_at: datetime, ends_at: datetime) -> Allocation:
    """An absence of a resource."""
    span = DateTimeTZRange(starts_at, ends_at, "[)")
    absence = Absence.objects.create(
        resource=resource, span=span, reason=Absence.Reason.OTHER, entered_at=starts_at
    )
    return Allocation.objects.create(
        resource=resource, kind=Allocation.Kind.ABSENCE, span=span, absence=absence
    )


def make_car(owner: User, *, since: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> Vehicle:
    """A car that the person has owned since an instant."""
    model, _new = VehicleModel.objects.get_or_create(
        code="N5", defaults={"name": "N5", "battery_kwh": 84, "range_km": 580, "price_cents": 4_990_000}
    )
    number = Vehicle.objects.count() + 1
    vehicle = Vehicle.objects.create(vin=f"WN1ZZZN5ZT{number:07d}", model=model, plate=f"HH NL {number}E")
    Ownership.objects.create(vehicle=vehicle, user=owner, period=DateTimeTZRange(since, None, "[)"))
    return vehicle
