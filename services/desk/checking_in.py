"""Checking a car in: its state, its key and what is ordered become the repair order."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from documents.models import Document
from services.desk import counter, repair_orders, workday
from services.desk.repair_orders import Order
from services.models import Appointment, RepairOrder

Status = Appointment.Status


def check_in(
    *,
    by: User,
    appointment: Appointment,
    written: Order,
    pictures: Sequence[Document] = (),
    ask_online: bool = False,
    now: datetime,
) -> RepairOrder:
    """Receive a car: the order, its paper, and the visit's status "received".

    A key from the key drop is checked in when somebody opens the box: ``now`` is that moment, and
    ``ask_online`` asks the customer, who is not there, to sign at home. Raises as
    ``counter.lock_visit``, Invalid for what the order can't say, Conflict for a second check-in.
    """
    repair_orders.check_order(written)
    with transaction.atomic():
        visit = counter.lock_visit(by=by, appointment=appointment)
        if not visit.service_type.needs_car:
            raise Invalid(_("This visit is not about a customer's car."), code="no_car_of_theirs")
        if visit.status == Status.DONE:
            raise Conflict(_("This car has been handed back."), code="handed_back")
        if RepairOrder.objects.filter(appointment=visit).exists():
            raise Conflict(_("This car is checked in already."), code="checked_in")
        order = RepairOrder(appointment=visit, checked_in_by=by, checked_in_at=now, version=1)
        repair_orders.write(order=order, written=written, pictures=pictures, by=by, now=now)
        repair_orders.record(
            "services.car_checked_in",
            order,
            by=by,
            now=now,
            mileage_km=order.mileage_km,
            key=str(order.key),
            ask=ask_online,
        )
        if visit.status == Status.BOOKED:
            workday.take_step(by=by, appointment=visit, status=Status.ARRIVED, now=now)
    return order


def suggested_work(appointment: Appointment) -> str:
    """The jobs in order, then what the customer wrote: where the colleague begins to write."""
    lines = [
        f"{job.position}. {job.service_type.name}" for job in appointment.jobs.select_related("service_type")
    ]
    if appointment.note:
        lines += ["", appointment.note]
    return "\n".join(lines)


def last_mileage(appointment: Appointment) -> int | None:
    """The most that the car was seen with, in km: a smaller number is probably mistyped."""
    if appointment.vehicle_id is None:
        return None
    earlier = RepairOrder.objects.filter(appointment__vehicle=appointment.vehicle_id)
    return earlier.order_by("-mileage_km").values_list("mileage_km", flat=True).first()
