"""What can happen at the counter, and the papers and pictures that are kept of it."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents import registry
from documents.registry import DocumentKind
from journal.kinds import register_kind
from services.desk import loan_papers, order_papers, paper_rights, repair_orders

_ORDER = ("centre", "order")
_LOAN = ("centre", "car", "handover", "mileage_km")
_WHEELS = ("centre", "vehicle")

register_kind(
    "services.car_checked_in", label=_("Car checked in"), data=(*_ORDER, "mileage_km", "key", "ask")
)
register_kind("services.order_changed", label=_("Repair order changed"), data=(*_ORDER, "version", "ask"))
register_kind("services.order_signed", label=_("Repair order signed"), data=(*_ORDER, "version"))
register_kind("services.loan_car_handed_out", label=_("Loan car handed over"), data=_LOAN)
register_kind("services.loan_car_returned", label=_("Loan car returned"), data=_LOAN)
register_kind("services.car_handed_back", label=_("Car handed back"), data=("centre",))
register_kind("services.wheels_stored", label=_("Wheels put into store"), data=_WHEELS)
register_kind("services.wheels_taken_out", label=_("Wheels taken out of store"), data=_WHEELS)
register_kind("services.wheel_change_offered", label=_("Wheel change offered"), data=(*_WHEELS, "season"))
register_kind("services.car_recognised", label=_("Car of a visit recognised"), data=_WHEELS)

registry.register_kind(
    DocumentKind(
        order_papers.PAPER,
        _("Repair order"),
        lambda user, document: paper_rights.may_read_order(user, document, timezone.now()),
        may_sign=paper_rights.may_sign_order,
    )
)
registry.register_kind(
    DocumentKind(
        loan_papers.PAPER,
        _("Agreement about a loan car"),
        lambda user, document: paper_rights.may_read_agreement(user, document, timezone.now()),
        may_sign=paper_rights.may_sign_agreement,
    )
)
registry.register_kind(
    DocumentKind(
        repair_orders.PICTURE,
        _("Picture from check-in"),
        lambda user, document: paper_rights.may_read_order(user, document, timezone.now()),
        may_upload=paper_rights.may_send_pictures,
    )
)
