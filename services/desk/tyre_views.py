"""The store of wheels."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage, ListPage
from services.booking.views import person
from services.desk import cars, tyres, workday
from services.desk.tyre_forms import StoreForm
from services.models import Centre, TyreSet

CHANGE = workday.CHANGE_DAY


class TyreList(ListPage):
    """What lies on the shelves, found by plate, VIN or shelf."""

    permission = "services.view_day"
    template_name = "services/tyre_list.html"
    context_object_name = "tyre_sets"

    def get_queryset(self) -> QuerySet[TyreSet]:
        return tyres.find(by=person(self.request), typed=self.request.GET.get("q", "")[:60])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [(kept, tyres.wear_of(kept)) for kept in context["tyre_sets"]]
        may_change = person(self.request).has_permission(CHANGE)
        return {**context, "rows": rows, "typed": self.request.GET.get("q", ""), "may_change": may_change}


class TyreStore(FormPage):
    """Wheels go on a shelf."""

    permission = CHANGE
    template_name = "services/tyre_store.html"
    form_class = StoreForm
    once = True
    success_message = _("Stored.")

    def get_initial(self) -> dict[str, Any]:
        first = self._centres().first()
        return {"car": self.request.GET.get("car", "")[:20], "centre": first.pk if first else None}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "centres": self._centres()}

    def _centres(self) -> QuerySet[Centre]:
        return Centre.objects.staffed_by(person(self.request), CHANGE).order_by("name")

    def perform(self, form: StoreForm) -> str:
        tyres.store(
            by=person(self.request),
            vehicle=cars.car_named(form.cleaned_data["car"]),
            now=timezone.now(),
            **form.asked,
        )
        return reverse("services:tyre-list")


class TyreTakeOut(ActionPage):
    permission = CHANGE
    success_message = _("Taken out of store.")

    def perform(self) -> str:
        rows = TyreSet.objects.at_centres_of(person(self.request))
        kept = get_object_or_404(rows, pk=self.kwargs["pk"])
        tyres.take_out(by=person(self.request), tyre_set=kept, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("services:tyre-list")
