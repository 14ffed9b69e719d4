"""What was signed for at the counter, and what we know and keep of a person's cars."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from services.models import CampaignCar, DamageMark, LoanHandover, RepairOrder, TyreSet, Upkeep
from vehicles.models import Ownership, Vehicle

Row = dict[str, Any]
PART = "services.counter"
NO_WORDS = "–"


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("orders", _("Your repair orders"), lambda: _orders(user))
    yield Sheet("loan_cars", _("Loan cars that you had"), lambda: _loans(user))
    yield Sheet("wheels", _("Wheels that we keep or kept for you"), lambda: _wheels(user))
    yield Sheet("upkeep", _("What your cars are due for"), lambda: _upkeep(user))


def _orders(user: User) -> Iterator[Row]:
    ordered = RepairOrder.objects.filter(appointment__booked_by=user)
    for order in ordered.select_related("appointment").prefetch_related("marks").order_by("pk"):
        yield {
            "visit": order.appointment.code,
            "work": order.work,
            "price_limit_cents": order.price_limit_cents,
            "mileage_km": order.mileage_km,
            "charge_percent": order.charge_percent,
            "key": order.get_key_display(),
            "remarks": order.remarks,
            "checked_in": order.checked_in_at,
            "signed": order.signed_at,
            "paper": order.paper_id,
            "damage": [{"where": mark.get_view_display(), "what": mark.text} for mark in order.marks.all()],
        }


def _loans(user: User) -> Iterator[Row]:
    for loan in _loans_of(user).select_related("appointment", "car").order_by("pk"):
        yield {
            "visit": loan.appointment.code,
            "car": loan.car.plate or loan.car.name,
            "driver": loan.driver_name,
            "licence_class": loan.licence_class,
            "licence_expires": loan.licence_expires,
            "handed_over": loan.handed_at,
            "due": loan.due_at,
            "returned": loan.returned_at,
            "mileage_out_km": loan.mileage_out_km,
            "mileage_in_km": loan.mileage_in_km,
            "remarks": loan.remarks,
        }


def _loans_of(user: User) -> QuerySet[LoanHandover]:
    return LoanHandover.objects.filter(appointment__booked_by=user)


def _wheels(user: User) -> Iterator[Row]:
    for wheels in _wheels_of(user).select_related("vehicle", "centre").order_by("pk"):
        yield {
            "vin": wheels.vehicle.vin,
            "centre": wheels.centre.name,
            "shelf": wheels.place,
            "season": wheels.get_season_display(),
            "size": wheels.size,
            "tread_mm": [str(tread) for tread in wheels.tread_mm],
            "remarks": wheels.remarks,
            "stored": wheels.stored_at,
            "taken_out": wheels.taken_out_at,
        }


def _wheels_of(user: User) -> QuerySet[TyreSet]:
    """Brought while the car was theirs."""
    theirs = Ownership.objects.filter(
        vehicle=OuterRef("vehicle"), user=user, period__contains=OuterRef("stored_at")
    )
    return TyreSet.objects.filter(Exists(theirs))


def _upkeep(user: User) -> Iterator[Row]:
    """Of the cars that are theirs now: of former ones it is the present owner's."""
    owned = Vehicle.objects.filter(ownerships__user=user, ownerships__period__upper_inf=True)
    for upkeep in Upkeep.objects.filter(vehicle__in=owned).select_related("vehicle").order_by("pk"):
        yield {
            "vin": upkeep.vehicle.vin,
            "general_inspection": upkeep.inspection_month,
            "service_due_on": upkeep.service_due_on,
            "service_due_km": upkeep.service_due_km,
            "warranty_until": upkeep.warranty_until,
            "mileage_km": upkeep.mileage_km,
            "mileage_read": upkeep.mileage_at,
        }
    concerned = CampaignCar.objects.filter(
        Q(vin__in=owned.values("vin")) | Q(appointment__booked_by=user),
        campaign__published_at__isnull=False,
    )
    for car in concerned.select_related("campaign").order_by("pk"):
        yield {
            "vin": car.vin,
            "campaign": car.campaign.code,
            "title": car.campaign.title,
            "state": car.get_state_display(),
            "told": car.told_at,
            "done": car.done_at,
        }


def holds(*, user: User, now: datetime) -> Iterable[Hold]:
    out = _loans_of(user).filter(returned_at__isnull=True).select_related("appointment")
    for loan in out.order_by("pk"):
        yield Hold(
            "loan_car_out",
            _("The loan car of the visit %(code)s has to come back first.") % {"code": loan.appointment.code},
        )


def erase(*, user: User, now: datetime) -> None:
    """Who drove and what was written on wheels goes; orders stay locked with their visits."""
    _loans_of(user).update(driver_name=NO_WORDS, licence_class="", licence_expires=None, remarks="")
    _wheels_of(user).update(remarks="")


def forget_orders(*, user: User) -> None:
    """When the record that their visits locked is over: see ``visits.forget``."""
    orders = RepairOrder.objects.filter(appointment__booked_by=user)
    DamageMark.objects.filter(order__in=orders).delete()
    orders.exclude(work=NO_WORDS, remarks="").update(work=NO_WORDS, remarks="", version=F("version") + 1)


register_part(
    PersonalData(
        name=PART,
        label=_("Workshop counter"),
        models={
            RepairOrder: Fate.KEPT,
            DamageMark: Fate.KEPT,
            LoanHandover: Fate.ANONYMOUS,
            TyreSet: Fate.ANONYMOUS,
            Upkeep: Fate.ANONYMOUS,
            CampaignCar: Fate.ANONYMOUS,
        },
        export=export,
        erase=erase,
        holds=holds,
        place=72,
        goes=_("Who drove our loan cars, and the licences that we looked at."),
        stays=_(
            "Your repair orders: locked with the visits. What your car is due for stays with the car, "
            "without your name."
        ),
    )
)
