"""Visits that colleagues write down: for who stands at the counter, and for who calls."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict
from journal import log
from services.booking import availability, booking
from services.booking.availability import Slot
from services.booking.booking import Doorstep
from services.booking.plans import Plan
from services.desk import cars, counter
from services.errors import VehicleBusy
from services.models import Appointment, Centre
from vehicles.models import Vehicle

WORDS_LENGTH = 80
LOOK_AHEAD = 14  # days, when the wanted one is full


class AtOnce(Plan):
    """A plan for who is here already: no notice is needed."""

    @property
    def notice_hours(self) -> int:
        return 0


def cars_of(*, customer: User, now: datetime) -> QuerySet[Vehicle]:
    """What the customer may bring to service at ``now``."""
    usable = Vehicle.objects.usable_by(customer, right="service", now=now)
    return usable.select_related("model").order_by("pk")


def starts_on(*, centre: Centre, plan: Plan, day: date, now: datetime) -> list[Slot]:
    """Free starts on a civil day of the centre, even the next minutes'; on a full one the next free."""
    here = AtOnce(plan.steps, plan.way, plan.loan_car, plan.postcode)
    slots = availability.free_slots(centre=centre, plan=here, first_day=day, days=1, now=now)
    if slots:
        return slots
    later = day + timedelta(days=1)
    return availability.free_slots(centre=centre, plan=here, first_day=later, days=LOOK_AHEAD, now=now)[:12]


def book_at_counter(
    *,
    by: User,
    customer: User,
    centre: Centre,
    plan: Plan,
    starts_at: datetime,
    vehicle: Vehicle | None = None,
    car_words: str = "",
    doorstep: Doorstep | None = None,
    note: str = "",
    now: datetime,
) -> Appointment:
    """Book for a customer; ``car_words`` may be a plate, a VIN, or whatever the caller says.

    ``doorstep`` is where we fetch the car or come to.

    A plate or VIN that we know becomes the car. Raises as ``booking.book_appointment``.
    """
    words = " ".join(car_words.split())[:WORDS_LENGTH]
    if vehicle is None and plan.needs_car:
        vehicle = cars.find_car(words)
    return booking.book_appointment(
        by=by,
        customer=customer,
        vehicle=vehicle if plan.needs_car else None,
        car_words="" if vehicle or not plan.needs_car else words,
        centre=centre,
        plan=plan,
        starts_at=starts_at,
        doorstep=doorstep,
        note=note,
        now=now,
    )


def recognise_car(*, by: User, appointment: Appointment, typed: str, now: datetime) -> Appointment:
    """A car that was only told in words stands here: its plate or VIN says which it is.

    Raises as ``counter.lock_visit``; Invalid for a car that we do not know, Conflict when the visit
    has its car, VehicleBusy when that car is elsewhere at the time.
    """
    vehicle = cars.car_named(typed)
    try:
        with transaction.atomic():
            visit = counter.lock_visit(by=by, appointment=appointment)
            if visit.vehicle_id is not None or not visit.service_type.needs_car:
                raise Conflict(_("This visit has its car already."), code="car_known")
            visit.vehicle, visit.car_words = vehicle, ""
            visit.version += 1
            visit.save(update_fields=["vehicle", "car_words", "version"])
            log.record(
                "services.car_recognised",
                by=by,
                subject=visit,
                data={"centre": visit.centre_id, "vehicle": vehicle.pk},
                audience=[visit.booked_by],
                at=now,
            )
    except IntegrityError as error:
        raise VehicleBusy from error
    return visit
