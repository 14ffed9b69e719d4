"""What is typed when a car of ours goes out and comes back."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.choosing import offer
from services.desk import loans
from services.desk.loans import Licence
from services.desk.visit_forms import CentreTimeField
from services.models import Appointment, Resource


class CarChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        parts = [obj.name, obj.car_model.name if obj.car_model else "", obj.plate]
        return " · ".join(part for part in parts if part)


class HandOutForm(forms.Form):
    """A car, a licence that was seen, and the car as it goes out."""

    car = CarChoiceField(Resource.objects.none(), label=_("Car"))
    driver_name = forms.CharField(label=_("Driver"), max_length=120)
    licence_class = forms.ChoiceField(
        label=_("Licence class"), choices=[(each, each) for each in loans.LICENCE_CLASSES]
    )
    licence_expires = forms.DateField(
        label=_("Licence valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    seen = forms.BooleanField(
        label=_("I have seen the original of the licence."), help_text=_("No copy is kept.")
    )
    mileage_km = forms.IntegerField(label=_("Mileage (km)"), min_value=0, max_value=loans.MOST_KM)
    charge_percent = forms.IntegerField(label=_("Charge (%)"), min_value=0, max_value=100)
    due_at = CentreTimeField(label=_("Due back"))
    remarks = forms.CharField(
        label=_("Remarks"),
        help_text=_("Damage that the car has already, for example."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    def __init__(self, *args: Any, visit: Appointment, cars: Any, **kwargs: Any) -> None:
        self.zone = visit.centre.zone
        with timezone.override(self.zone):
            super().__init__(*args, **kwargs)
        offer(self, "car", cars)

    def full_clean(self) -> None:
        """What is typed is the wall clock of the centre, wherever the colleague sits."""
        with timezone.override(self.zone):
            super().full_clean()

    @property
    def asked(self) -> dict[str, Any]:
        typed = self.cleaned_data
        licence = Licence(typed["driver_name"], typed["licence_class"], typed["licence_expires"])
        names = ("car", "mileage_km", "charge_percent", "due_at", "remarks")
        return {"licence": licence, **{name: typed[name] for name in names}}


class ReturnForm(forms.Form):
    """The car as it came back."""

    mileage_km = forms.IntegerField(label=_("Mileage (km)"), min_value=0, max_value=loans.MOST_KM)
    charge_percent = forms.IntegerField(label=_("Charge (%)"), min_value=0, max_value=100)
    remarks = forms.CharField(
        label=_("Remarks"), max_length=90, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
