"""Shapes of the pages' input."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.fields import HolderField
from accounts.models import Organisation
from subscriptions.contracts import withdrawing
from subscriptions.models import PlanVersion
from vehicles.models import Vehicle


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class CarChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        named = [obj.model.name, obj.plate or obj.vin, getattr(obj, "fleet_name", None)]
        return " · ".join(filter(None, named))


class ChoiceForm(forms.Form):
    """For which car, and from when."""

    vehicle = CarChoice(label=_("Vehicle"), queryset=Vehicle.objects.none(), empty_label=None)
    starts_on = forms.DateField(label=_("Start"), widget=DateInput())

    organisation = HolderField(
        label=_("Contract holder"),
        empty_label=_("me"),
        help_text=_("Organisations see net prices and have no right to withdraw."),
    )

    def __init__(
        self,
        *args: Any,
        cars: QuerySet[Vehicle],
        needs_car: bool,
        organisations: QuerySet[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if needs_car:
            self.fields["vehicle"] = CarChoice(label=_("Vehicle"), queryset=cars, empty_label=None)
            self.order_fields(["vehicle"])
        else:
            del self.fields["vehicle"]
        holder: Any = self.fields["organisation"]
        holder.queryset = organisations
        if not organisations.exists():
            del self.fields["organisation"]


class OrderForm(ChoiceForm):
    """What was shown comes back with the order."""

    plan_version = forms.ModelChoiceField(
        queryset=PlanVersion.objects.filter(published_at__isnull=False), widget=forms.HiddenInput
    )
    offer_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    early_wish = forms.BooleanField(label=withdrawing.EARLY_WISH, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Chosen one step before and shown above the button.
        for name in ("vehicle", "organisation", "starts_on"):
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()


class EmptyForm(forms.Form):
    """A page whose only input is the decision."""


def initial_choice(cars: QuerySet[Vehicle], asked: str, today: date) -> dict[str, Any]:
    """The car asked for in the address, else the first one; from today."""
    found = cars.filter(pk=int(asked)).first() if asked.isdigit() and len(asked) < 18 else cars.first()
    owned = found.ownerships.order_by("-period").first() if found else None
    return {
        "vehicle": found,
        "starts_on": today,
        "organisation": owned.organisation_id if owned else None,
    }
