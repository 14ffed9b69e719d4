"""Who may book what for which car, asked under the car's lock."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from services.booking import plans
from services.booking.plans import Plan
from services.models import Centre
from vehicles import ownership
from vehicles.models import Ownership, Vehicle

WITHDRAWAL = timedelta(days=14)  # BGB §355(2)


def check_offered(*, centre: Centre, plan: Plan, by_staff: bool) -> None:
    """Raises Invalid (not_offered), NotAllowed (by_phone_only)."""
    if not centre.is_active or not all(kind.is_active for kind in plan.service_types):
        raise Invalid(_("This service is not offered here."), code="not_offered", field="service_types")
    if not by_staff and not all(kind.owner_may_book for kind in plan.service_types):
        raise NotAllowed(_("Please call us to book this service."), code="by_phone_only")


def lock_car(*, vehicle: Vehicle | None, plan: Plan, user: User, now: datetime) -> None:
    """Asked under the car's lock: nobody books for a car that is passed on at the same moment.

    Raises NotFound for a car that ``user`` may not bring to service, Invalid (no_vehicle,
    wrong_model).
    """
    if not plan.needs_car:
        return
    if vehicle is None:
        raise Invalid(_("Please choose a car."), code="no_vehicle", field="vehicle")
    locked = ownership.lock_vehicle(vehicle_id=vehicle.pk)
    at = ownership.instant_under_lock(vehicle=locked, now=now)
    if not Vehicle.objects.usable_by(user, right="service", now=at).filter(pk=locked.pk).exists():
        raise NotFound(_("This car was not found."), field="vehicle")
    plans.check_model(plan=plan, vehicle=locked)


def lock_car_for_customer(
    *, vehicle: Vehicle | None, plan: Plan, customer: User, car_words: str, now: datetime
) -> None:
    """At the counter: the customer's car, one that nobody here owns, or one told in words.

    Raises Invalid (no_vehicle, wrong_model), Conflict (not_theirs).
    """
    if vehicle is None:
        if plan.needs_car and not car_words:
            raise Invalid(_("Please choose a car or describe it."), code="no_vehicle", field="vehicle")
        return
    locked = ownership.lock_vehicle(vehicle_id=vehicle.pk)
    at = ownership.instant_under_lock(vehicle=locked, now=now)
    usable = Vehicle.objects.usable_by(customer, right="service", now=at).filter(pk=locked.pk)
    if not usable.exists() and Ownership.objects.filter(vehicle=locked, period__contains=at).exists():
        raise Conflict(
            _("This car belongs to somebody else. Please book for its owner."),
            code="not_theirs",
            field="vehicle",
        )
    plans.check_model(plan=plan, vehicle=locked)


def needs_early_start(*, plan: Plan, vehicle: Vehicle | None, starts_at: datetime, now: datetime) -> bool:
    """Whether a consumer must wish expressly that we begin within the withdrawal period.

    Paid work ordered from afar, to begin within the 14 days (BGB §356(4), §357a(2)). An
    organisation's car is no consumer's.
    """
    if not plan.is_priced or starts_at >= now + WITHDRAWAL:
        return False
    return vehicle is None or not _is_fleet_car(vehicle, now)


def check_early_start(
    *, plan: Plan, vehicle: Vehicle | None, starts_at: datetime, wished: bool, now: datetime
) -> bool:
    """Whether the wish is part of this booking. Raises Invalid (early_start_needed)."""
    needed = needs_early_start(plan=plan, vehicle=vehicle, starts_at=starts_at, now=now)
    if needed and not wished:
        raise Invalid(
            _("Please confirm that we may begin before the withdrawal period is over."),
            code="early_start_needed",
            field="early_start",
        )
    return needed


def _is_fleet_car(vehicle: Vehicle, now: datetime) -> bool:
    return Ownership.objects.filter(
        vehicle=vehicle, period__contains=now, organisation__isnull=False
    ).exists()
