"""What becomes of a car's coming visits when it changes hands, or when somebody loses access.

A visit belongs to whoever booked it, brings the car and pays. So it ends with the owner who
leaves; what the new owner booked before (as a guest with access) stays. What a guest booked
stays when only the guest goes: the owner still has the car, and is told.
"""

from datetime import datetime

from django.db import transaction

from services.booking import booking
from services.models import Appointment
from services.models.visits import AppointmentQuerySet
from vehicles.models import Vehicle

CAR_GIVEN_UP = "car_given_up"  # the reason in the journal


def cancel_visits_left_behind(
    *, vehicle_id: int, owner_after_id: int | None, at: datetime
) -> list[Appointment]:
    """Cancel the car's visits to come that belong to the time before its handing on ``at``.

    Whoever booked them is told, and only they: a new owner learns nothing of others' plans.
    A visit that has begun, or that the new owner booked, stays. Bookings can't slip in
    between: they ask for the right under the car's lock.
    """
    with transaction.atomic():
        coming = (
            _coming(vehicle_id, at)
            .exclude(booked_by=owner_after_id)
            .select_related("centre", "service_type", "booked_by")
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        left = [visit for visit in coming if _belongs_to_the_past(visit, at)]
        for visit in left:
            booking.call_off(visit)
            booking.record_change(
                "services.appointment_cancelled",
                visit,
                by=None,
                now=at,
                audience=[visit.booked_by],
                reason=CAR_GIVEN_UP,
            )
    return left


def visits_of_guest(*, vehicle_id: int, guest_id: int, at: datetime) -> list[Appointment]:
    """The coming visits, the nearest first, that somebody booked who no longer has access ``at``."""
    return list(_coming(vehicle_id, at).filter(booked_by=guest_id).with_names().order_by("span", "pk"))


def _coming(vehicle_id: int, at: datetime) -> AppointmentQuerySet:
    return Appointment.objects.filter(
        vehicle=vehicle_id, status=Appointment.Status.BOOKED, span__startswith__gt=at
    )


def _belongs_to_the_past(visit: Appointment, at: datetime) -> bool:
    """Booked before, or by somebody who has no right to: not by a guest of the new owner."""
    if visit.created_at <= at:
        return True
    usable = Vehicle.objects.usable_by(visit.booked_by, right="service", now=visit.created_at)
    return visit.vehicle_id is not None and not usable.filter(pk=visit.vehicle_id).exists()
