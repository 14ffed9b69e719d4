"""Booking, step one: the car, the jobs, and what the workshop should know."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from common.pages import FormPage, Page
from services.booking import pictures, plans, symptoms
from services.booking.forms import RequestForm
from services.booking.plans import make_plan, total_price
from services.booking.subject_views import DRAFT, STEPS, cars_of
from services.booking.views import person
from services.models import ServiceType
from vehicles.models import Vehicle


class Book(FormPage):
    """Step one: the car, the jobs, and what the workshop should know."""

    template_name = "services/book.html"
    form_class = RequestForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.cars = list(cars_of(request))
            offered = ServiceType.objects.bookable_by_owners()
            models = [car.model_id for car in self.cars]
            fitting = Q(car_models__isnull=True) | Q(car_models__in=models)
            self.service_types = list(
                offered.filter(fitting).distinct() if models else offered.filter(needs_car=False)
            )
        return super().dispatch(request, *args, **kwargs)

    @property
    def draft(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.request.session.get(DRAFT, {})
        return kept

    def get_initial(self) -> dict[str, Any]:
        asked, draft = self.request.GET, self.draft
        answers = {f"answer-{key}": text for key, text in draft.get("answers", {}).items()}
        chosen = set(asked.getlist("service_type"))
        car = next((each for each in self.cars if str(each.pk) == asked.get("vehicle")), None)
        return {
            **answers,
            "note": draft.get("note", ""),
            "vehicle": (car or self.cars[0]).pk if self.cars else None,
            "service_type": [kind.pk for kind in self.service_types if str(kind.pk) in chosen],
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        user = person(self.request)
        return {
            **super().get_form_kwargs(),
            "user": user,
            "now": timezone.now(),
            "cars": cars_of(self.request),
            "service_types": ServiceType.objects.filter(pk__in=[kind.pk for kind in self.service_types]),
            "questions": symptoms.questions_for(self.service_types),
            "kept": pictures.unused(user, self.draft.get("pictures", [])),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        chosen = {str(pk) for pk in form["service_type"].value() or []}
        jobs = [(kind, str(kind.pk) in chosen, form.asked(kind)) for kind in self.service_types]
        context.update(
            steps=STEPS,
            cars=self.cars,
            vehicle_chosen=str(form["vehicle"].value() or ""),
            jobs=[job for job in jobs if job[0].needs_car],
            jobs_without_car=[job for job in jobs if not job[0].needs_car],
            **so_far([kind for kind in self.service_types if str(kind.pk) in chosen]),
        )
        return context

    def perform(self, form: RequestForm) -> str:
        asked = form.cleaned_data
        service_types = list(asked["service_type"])
        plan = make_plan(service_types=service_types)
        car: Vehicle | None = asked["vehicle"] if plan.needs_car else None
        if plan.needs_car and car is None:
            raise Invalid(_("Please choose a car."), code="no_vehicle")
        if car is not None:
            plans.check_model(plan=plan, vehicle=car)
        self.request.session[DRAFT] = {
            "note": asked["note"],
            "answers": form.answers,
            "pictures": [document.pk for document in asked["pictures"]],
        }
        kept = {name: self.request.GET[name] for name in ("centre", "near") if name in self.request.GET}
        chosen = {"service_type": [kind.pk for kind in service_types], **({"vehicle": car.pk} if car else {})}
        return f"{reverse('services:book-time')}?{urlencode({**chosen, **kept}, doseq=True)}"


class BookSoFar(Page):
    """The sum of what is ticked, fetched while ticking."""

    template_name = "services/_book_so_far.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = [pk for pk in self.request.GET.getlist("service_type") if pk.isdecimal() and len(pk) < 16]
        chosen = ServiceType.objects.bookable_by_owners().filter(pk__in=asked)
        return super().get_context_data(**so_far(list(chosen)), **kwargs)


def so_far(chosen: list[ServiceType]) -> dict[str, Any]:
    """Price and time of the chosen work, or why it does not go together."""
    if not chosen:
        return {"chosen": [], "price_cents": 0, "minutes": 0, "objection": ""}
    try:
        minutes = int(make_plan(service_types=chosen).length.total_seconds() // 60)
        objection = ""
    except Invalid as error:
        minutes, objection = 0, str(error)
    return {
        "chosen": chosen,
        "price_cents": total_price(chosen),
        "minutes": minutes,
        "objection": objection,
    }
