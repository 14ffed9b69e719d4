"""What a customer reads and signs of a visit: the order as it stands, and the car of ours they had."""

from typing import NamedTuple

from accounts.models import User
from services.desk import invoicing, repair_orders
from services.models import Appointment, LoanHandover, RepairOrder
from subscriptions.models import Invoice


class VisitPapers(NamedTuple):
    order: RepairOrder | None
    loan: LoanHandover | None
    may_sign: bool
    invoice: Invoice | None = None  # of one's own account

    @property
    def any(self) -> bool:
        return self.order is not None or self.loan is not None or self.invoice is not None


def papers_of(*, appointment: Appointment, user: User) -> VisitPapers:
    """For somebody who sees the visit; the agreement about a car is for who booked it alone.

    Two queries, after the hand-back three more.
    """
    theirs = appointment.booked_by_id == user.pk
    loans = LoanHandover.objects.with_names().filter(appointment=appointment)
    return VisitPapers(
        order=repair_orders.order_of(appointment),
        loan=loans.first() if theirs else None,
        may_sign=theirs,
        invoice=_invoice_of(appointment, user),
    )


def _invoice_of(appointment: Appointment, user: User) -> Invoice | None:
    if appointment.status != Appointment.Status.DONE:
        return None
    found = invoicing.invoice_of(appointment)
    seen = found is not None and Invoice.objects.visible_to(user).filter(pk=found.pk).exists()
    return found if seen else None
