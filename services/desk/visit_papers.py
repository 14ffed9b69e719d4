"""What a customer reads and signs of a visit: the order as it stands, and the car of ours they had."""

from typing import NamedTuple

from accounts.models import User
from services.desk import repair_orders
from services.models import Appointment, LoanHandover, RepairOrder


class VisitPapers(NamedTuple):
    order: RepairOrder | None
    loan: LoanHandover | None
    may_sign: bool

    @property
    def any(self) -> bool:
        return self.order is not None or self.loan is not None


def papers_of(*, appointment: Appointment, user: User) -> VisitPapers:
    """For somebody who sees the visit; the agreement about a car is for who booked it alone.

    Two queries.
    """
    theirs = appointment.booked_by_id == user.pk
    loans = LoanHandover.objects.with_names().filter(appointment=appointment)
    return VisitPapers(
        order=repair_orders.order_of(appointment), loan=loans.first() if theirs else None, may_sign=theirs
    )
