"""Who may read and sign the counter's papers and pictures."""

from datetime import datetime

from accounts.models import User
from documents import rights
from documents.models import Document
from services.models import Centre, LoanHandover, RepairOrder


def may_read_order(user: User, document: Document, now: datetime) -> bool:
    """Its customer, those who see the visit at ``now``, and the centre's staff."""
    if not user.is_authenticated:
        return False
    orders = RepairOrder.objects.visible_to(user, now)
    return rights.owner_may_read(user, document) or rights.about_id_in(orders, document)


def may_sign_order(user: User, document: Document) -> bool:
    """The order as it stands: its customer, or a colleague who hands over the screen."""
    standing = RepairOrder.objects.filter(paper=document.pk).select_related("appointment").first()
    return standing is not None and _customer_or_counter(user, document, standing.appointment.centre_id)


def may_read_agreement(user: User, document: Document, now: datetime) -> bool:
    """The customer and the centre's staff."""
    if not user.is_authenticated:
        return False
    loans = LoanHandover.objects.visible_to(user, now)
    return rights.owner_may_read(user, document) or rights.about_id_in(loans, document)


def may_sign_agreement(user: User, document: Document) -> bool:
    """The customer, or a colleague who hands over the screen."""
    loan = LoanHandover.objects.filter(paper=document.pk).select_related("car").first()
    return loan is not None and _customer_or_counter(user, document, loan.car.centre_id)


def may_send_pictures(user: User) -> bool:
    """Through the API, before the check-in that names them."""
    return bool(user.is_authenticated and user.has_permission("services.change_day"))


def _customer_or_counter(user: User, document: Document, centre_id: int) -> bool:
    if not user.is_authenticated:
        return False
    staffed = Centre.objects.staffed_by(user, "services.change_day")
    return rights.owner_may_read(user, document) or staffed.filter(pk=centre_id).exists()
