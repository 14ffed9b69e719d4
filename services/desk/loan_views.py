"""Cars of ours in customers' hands."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import FormPage, ListPage
from documents.models import Document
from services.booking.views import person
from services.desk import loan_papers, loans, workday
from services.desk.loan_forms import HandOutForm, ReturnForm
from services.desk.order_forms import ScreenSignForm
from services.desk.order_views import OnScreen
from services.desk.visit_views import VisitDeed
from services.models import LoanHandover

CHANGE = workday.CHANGE_DAY


class LoanList(ListPage):
    """Who has a car of ours, the one due first on top."""

    permission = "services.view_day"
    template_name = "services/loan_list.html"
    context_object_name = "loans"

    def get_queryset(self) -> QuerySet[LoanHandover]:
        return loans.out_at(by=person(self.request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_change = person(self.request).has_permission(CHANGE)
        return super().get_context_data(now=timezone.now(), may_change=may_change, **kwargs)


class LoanHandOut(VisitDeed):
    """A car goes out; the agreement is signed next."""

    form_class = HandOutForm
    template_name = "services/loan_hand_out.html"
    success_message = _("The agreement is ready to be signed.")

    def get_initial(self) -> dict[str, Any]:
        reserved = loans.reserved_car(self.visit)
        return {
            **super().get_initial(),
            "car": reserved.pk if reserved else None,
            "driver_name": self.visit.booked_by.display_name,
            "due_at": max(self.visit.promised_at or self.visit.ends_at, self.visit.ends_at),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        cars = loans.cars_for(appointment=self.visit, now=timezone.now())
        return {**super().get_form_kwargs(), "visit": self.visit, "cars": cars}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "has_cars": bool(context["form"].fields["car"].queryset)}

    def perform(self, form: HandOutForm) -> str:
        handover = loans.hand_out(
            by=person(self.request), appointment=self.visit, now=timezone.now(), **form.asked
        )
        return reverse("services:loan-sign", args=[handover.pk])


class OfLoan:
    """Pages about a hand-over at one of the reader's centres; any other is a 404."""

    request: HttpRequest
    loan: LoanHandover

    @property
    def visit_url(self) -> str:
        return reverse("services:staff-visit", args=[self.loan.appointment_id])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated and user.has_permission(CHANGE):
            rows = LoanHandover.objects.at_centres_of(user).with_names()
            self.loan = get_object_or_404(rows.select_related("appointment__service_type"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            loan=self.loan, visit=self.loan.appointment, visit_url=self.visit_url, **kwargs
        )


class LoanReturn(OfLoan, FormPage):
    permission = CHANGE
    template_name = "services/staff_visit_deed.html"
    form_class = ReturnForm
    once = True
    success_message = _("The car is back.")
    extra_context = {
        "title": _("Take the car back"),
        "lead": _("It is free for the next customer at once."),
        "action": _("Take back"),
    }

    def perform(self, form: ReturnForm) -> str:
        loans.take_back(by=person(self.request), handover=self.loan, now=timezone.now(), **form.cleaned_data)
        return self.visit_url


class LoanSign(OfLoan, OnScreen):
    def paper(self) -> Document:
        if self.loan.paper is None:
            raise Http404
        return self.loan.paper

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            paper=self.paper(),
            terms=loan_papers.terms(),
            back_url=self.visit_url,
            title=self.paper().name,
            **kwargs,
        )

    def perform(self, form: ScreenSignForm) -> str:
        loans.sign_agreement(by=person(self.request), handover=self.loan, **self.signed(form))
        return self.visit_url
