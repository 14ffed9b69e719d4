"""The counter and a visit: check-in, the order and its signature, hand-back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import User
from common import civil
from common.errors import NotFound
from common.pages import Access, FormPage
from documents.models import Document
from services.booking.views import person
from services.desk import checking_in, handing_back, invoicing, loans, outlines, repair_orders, workday
from services.desk.order_forms import HandBackForm, OrderForm, ScreenSignForm
from services.desk.visit_views import PARTS, OfVisit, VisitDeed
from services.models import Appointment, DamageMark, LoanHandover, RepairOrder
from services.upkeep.due import Due, due_for
from subscriptions.invoices import making

CHANGE = workday.CHANGE_DAY
Status = Appointment.Status


def read_counter(visit: Appointment, user: User, now: datetime) -> dict[str, Any]:
    """For the visit's page: the order with its papers, and the car of ours that the customer has."""
    order = repair_orders.order_of(visit)
    loan = LoanHandover.objects.with_names().filter(appointment=visit).first()
    kept = list(Document.objects.about(order)) if order else []
    may_change = user.has_permission(CHANGE, visit.centre)
    stands = visit.status not in Status.gone() and visit.status != Status.DONE
    return {
        "order": order,
        "order_views": shown_views(list(order.marks.all())) if order else [],
        "order_pictures": [each for each in kept if each.kind == repair_orders.PICTURE],
        "order_papers": [each for each in reversed(kept) if each.media_type == "application/pdf"],
        "loan": loan,
        "loan_late": loan is not None and loan.returned_at is None and loan.due_at < now,
        "reserved_car": loans.reserved_car(visit) if loan is None else None,
        "invoice": invoicing.invoice_of(visit) if visit.status == Status.DONE else None,
        "can_check_in": may_change and stands and order is None and visit.service_type.needs_car,
        "can_change_order": may_change and stands and order is not None,
        "can_recognise": may_change and stands and visit.service_type.needs_car and not visit.vehicle_id,
        "can_lend": may_change and stands and loan is None,
        "can_hand_back": may_change and Status.DONE in workday.NEXT.get(visit.status, ()),
    }


def shown_views(marks: list[DamageMark]) -> list[dict[str, Any]]:
    """The outlines that have marks, with the numbers that the list gives them."""
    numbered = list(enumerate(marks, 1))
    return [
        {
            "view": view,
            "label": DamageMark.View(view).label,
            "dots": outlines.dots(view, [(n, m.x, m.y) for n, m in numbered if m.view == view]),
        }
        for view in DamageMark.View.values
        if any(mark.view == view for mark in marks)
    ]


PARTS["counter"] = read_counter


class OrderPage(VisitDeed):
    """A page that writes the order."""

    permission = CHANGE
    template_name = "services/order_form.html"
    form_class = OrderForm

    def marks(self) -> list[DamageMark]:
        return []

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "user": person(self.request),
            "owner": self.visit.booked_by,
            "now": timezone.now(),
            "marks": self.marks(),
            "last_km": checking_in.last_mileage(self.visit),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        views = [{"view": view, "label": label, "dots": []} for view, label in DamageMark.View.choices]
        return super().get_context_data(outlines=views, proposals=self._proposals(), **kwargs)

    def _proposals(self) -> list[Due]:
        vehicle = self.visit.vehicle
        today = civil.local_date(timezone.now(), self.visit.centre.zone)
        return due_for(vehicle, today) if vehicle else []


class CheckIn(OrderPage):
    success_message = _("Checked in. The order is ready to be signed.")
    extra_context = {"title": _("Check in"), "action": _("Check in and make the order")}

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "work": checking_in.suggested_work(self.visit)}

    def perform(self, form: OrderForm) -> str:
        checking_in.check_in(
            by=person(self.request),
            appointment=self.visit,
            written=form.written,
            pictures=form.cleaned_data["pictures"],
            ask_online=form.cleaned_data["ask_online"],
            now=timezone.now(),
        )
        return self.url if form.cleaned_data["ask_online"] else _sign_url(self.visit)


class OfOrder(OfVisit):
    @cached_property
    def order(self) -> RepairOrder:
        found = repair_orders.order_of(self.visit)
        if found is None:
            raise Http404
        return found


class OrderChange(OfOrder, OrderPage):
    success_message = _("The order was changed. It has to be signed again.")
    extra_context = {"title": _("Change the order"), "action": _("Make the new order")}

    def marks(self) -> list[DamageMark]:
        return list(self.order.marks.all())

    def get_initial(self) -> dict[str, Any]:
        order, cents = self.order, self.order.price_limit_cents
        return {
            **super().get_initial(),
            **{name: getattr(order, name) for name in ("mileage_km", "charge_percent", "key", "key_place")},
            "work": order.work,
            "remarks": order.remarks,
            "price_limit": None if cents is None else Decimal(cents).scaleb(-2),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.request.POST.get("version") or str(self.order.version)
        return super().get_context_data(version=shown, **kwargs)

    def perform(self, form: OrderForm) -> str:
        shown = self.request.POST.get("version", "")
        repair_orders.change_order(
            by=person(self.request),
            order=self.order,
            written=form.written,
            version=int(shown) if shown.isdecimal() and len(shown) < 9 else 0,
            pictures=form.cleaned_data["pictures"],
            ask_online=form.cleaned_data["ask_online"],
            now=timezone.now(),
        )
        return self.url if form.cleaned_data["ask_online"] else _sign_url(self.visit)


class OnScreen(FormPage):
    """The customer reads and signs on the screen that a colleague hands over."""

    permission = CHANGE
    template_name = "services/staff_sign.html"
    form_class = ScreenSignForm
    once = True
    success_message = _("Signed. Thank you.")

    def paper(self) -> Document:
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        paper = self.paper()
        return {"sha256": paper.sha256, "signer_name": paper.owner.display_name if paper.owner else ""}

    def signed(self, form: ScreenSignForm) -> dict[str, Any]:
        """What ``signing.sign`` takes of a signature."""
        owner = self.paper().owner
        return {
            "sha256": form.cleaned_data["sha256"],
            "signer_name": form.cleaned_data["signer_name"],
            **form.cleaned_data["strokes"],
            "device": self.request.headers.get("User-Agent", ""),
            "language": owner.language if owner else "de",
            "now": timezone.now(),
        }


class OrderSign(OfOrder, OnScreen):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.has_permission(CHANGE):
            self.paper()
        return super().dispatch(request, *args, **kwargs)

    def paper(self) -> Document:
        if self.order.paper is None:
            raise Http404
        return self.order.paper

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        marks = list(self.order.marks.all())
        return super().get_context_data(
            visit=self.visit,
            order=self.order,
            marks=marks,
            order_views=shown_views(marks),
            paper=self.paper(),
            back_url=self.url,
            title=_("Repair order %(code)s") % {"code": self.visit.code},
            **kwargs,
        )

    def perform(self, form: ScreenSignForm) -> str:
        repair_orders.sign_order(by=person(self.request), order=self.order, **self.signed(form))
        return self.url


class HandBack(VisitDeed):
    """The car is the customer's again."""

    form_class = HandBackForm
    success_message = _("Handed back.")
    extra_context = {
        "title": _("Hand the car back"),
        "lead": _("The visit ends with it, and its invoice is issued."),
        "action": _("Hand back"),
    }

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "done": handing_back.suggested_words(self.visit)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "positions": invoicing.positions_of(self.visit)}

    def perform(self, form: HandBackForm) -> str:
        handing_back.hand_back(
            by=person(self.request),
            appointment=self.visit,
            done=form.cleaned_data["done"],
            looked=form.cleaned_data["looked"],
            payers=form.payers,
            now=timezone.now(),
        )
        return self.url


class VisitInvoice(OfVisit, Access, View):
    """The invoice's paper, for the counter where the visit was."""

    permission = workday.VIEW_DAY

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        invoice = invoicing.invoice_of(self.visit)
        paper = making.find_paper(invoice) if invoice is not None else None
        if paper is None:
            raise NotFound(_("The paper is being made. Please try again in a moment."))
        return FileResponse(
            paper.file.open("rb"),
            as_attachment=False,
            filename=paper.file_name,
            content_type=paper.media_type,
        )


def _sign_url(visit: Appointment) -> str:
    return reverse("services:order-sign", args=[visit.pk])
