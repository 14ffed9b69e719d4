"""Booking for somebody at the counter or on the phone: who, then what and when."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.customers import customers, file, finding
from accounts.models import Address, User
from common import civil
from common.errors import DomainError, NotFound
from common.pages import FormPage
from services.booking.availability import Slot
from services.booking.plans import Plan, make_plan
from services.booking.views import person
from services.desk import entering, workday
from services.desk.entry_forms import CallerForm, EntryForm, RecogniseForm, WantedForm
from services.desk.visit_views import VisitDeed
from services.models import Centre, Way
from vehicles.models import Vehicle

CHANGE = workday.CHANGE_DAY
LONGEST = 100


class EntryCustomer(FormPage):
    """Who it is for: found in the customer file, or written down."""

    permission = CHANGE
    template_name = "services/entry_customer.html"
    form_class = CallerForm
    once = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")[:LONGEST]
        found = finding.find_customers(by=person(self.request), typed=typed, now=timezone.now())
        return super().get_context_data(typed=typed, found=found, **kwargs)

    def perform(self, form: CallerForm) -> str:
        made = customers.create_customer(by=person(self.request), now=timezone.now(), **form.cleaned_data)
        return reverse("services:entry-visit", args=[made.pk])


class EntryVisit(FormPage):
    """What and when. Times are shown as soon as the work is chosen; the form books one of them."""

    permission = CHANGE
    template_name = "services/entry_visit.html"
    form_class = EntryForm
    once = True
    success_message = _("Booked.")
    customer: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated and user.has_permission(CHANGE):
            try:
                self.customer = customers.customer_numbered(kwargs["customer"])
            except NotFound as error:
                raise Http404(str(error)) from error
            file.note_look(by=user, customer=self.customer, now=timezone.now())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), **self._scope()}

    def _scope(self) -> dict[str, Any]:
        return {"cars": self._cars(), "centres": self._centres()}

    def _cars(self) -> QuerySet[Vehicle]:
        return entering.cars_of(customer=self.customer, now=timezone.now())

    def _centres(self) -> QuerySet[Centre]:
        staffed = Centre.objects.staffed_by(person(self.request), CHANGE)
        return staffed.filter(is_active=True).order_by("name")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self._wanted()
        slots = self._slots(wanted) if wanted.is_bound else None
        return super().get_context_data(
            customer=self.customer, wanted=wanted, slots=slots, has_cars=self._cars().exists(), **kwargs
        )

    def _wanted(self) -> WantedForm:
        sent = self.request.POST or self.request.GET
        if "service_types" in sent:
            return WantedForm(sent, **self._scope())
        centre, car = self._centres().first(), self._cars().first()
        today = civil.local_date(timezone.now(), centre.zone) if centre else timezone.localdate()
        home = Address.objects.filter(user=self.customer, purpose=Address.Purpose.HOME).first()
        where = {name: getattr(home, name) for name in ("street", "postcode", "town")} if home else {}
        initial = {"centre": centre, "vehicle": car, "day": today, **where}
        return WantedForm(initial=initial, **self._scope())

    def _slots(self, wanted: WantedForm) -> list[Slot] | None:
        """None while what is wanted makes no sense; the form says why."""
        if not wanted.is_valid():
            return None
        try:
            plan = _plan(wanted)
        except DomainError as error:
            wanted.add_error(error.field if error.field in wanted.fields else None, str(error))
            return None
        chosen = wanted.cleaned_data
        return entering.starts_on(centre=chosen["centre"], plan=plan, day=chosen["day"], now=timezone.now())

    def perform(self, form: EntryForm) -> str:
        sent = form.cleaned_data
        visit = entering.book_at_counter(
            by=person(self.request),
            customer=self.customer,
            plan=_plan(form),
            doorstep=form.doorstep,
            now=timezone.now(),
            **{name: sent[name] for name in ("centre", "starts_at", "vehicle", "car_words", "note")},
        )
        return reverse("services:staff-visit", args=[visit.pk])


class CarRecognise(VisitDeed):
    """The car that was only told in words stands here."""

    form_class = RecogniseForm
    success_message = _("The visit knows its car now.")
    extra_context = {
        "title": _("Which car is it?"),
        "lead": _("Its plate or VIN says it."),
        "action": _("Save"),
    }

    def perform(self, form: RecogniseForm) -> str:
        entering.recognise_car(
            by=person(self.request),
            appointment=self.visit,
            typed=form.cleaned_data["car"],
            now=timezone.now(),
        )
        return self.url


def _plan(form: WantedForm) -> Plan:
    chosen = form.cleaned_data
    travels = chosen["way"] in Way.travelling()
    return make_plan(
        service_types=list(chosen["service_types"]),
        way=chosen["way"],
        loan_car=chosen["loan_car"],
        postcode=chosen["postcode"] if travels else "",
    )
