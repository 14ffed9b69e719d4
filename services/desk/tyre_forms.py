"""What is typed about stored wheels."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.choosing import offer
from services.desk import tyres
from services.models import Centre, TyreSet

WHEELS = (
    ("front_left", _("Front left (mm)")),
    ("front_right", _("Front right (mm)")),
    ("rear_left", _("Rear left (mm)")),
    ("rear_right", _("Rear right (mm)")),
)


class StoreForm(forms.Form):
    """A set of wheels on its shelf. The car is known by its plate or VIN."""

    car = forms.CharField(
        label=_("Number plate or VIN"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )
    centre = forms.ModelChoiceField(Centre.objects.none(), label=_("Service centre"))
    place = forms.CharField(
        label=_("Shelf"), help_text=_("As on its label, B-04-2 for example."), max_length=20
    )
    season = forms.ChoiceField(label=_("Season"), choices=TyreSet.Season)
    size = forms.CharField(
        label=_("Size"), help_text=_("235/45 R19 99V, for example."), max_length=30, required=False
    )
    remarks = forms.CharField(label=_("Remarks"), max_length=200, required=False)

    def __init__(self, *args: Any, centres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "centre", centres)
        for name, label in WHEELS:
            self.fields[name] = forms.DecimalField(
                label=label,
                min_value=Decimal(0),
                max_value=tyres.MOST_MM,
                max_digits=3,
                decimal_places=1,
                localize=True,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        self.order_fields(["car", "centre", "place", "season", "size", *(name for name, _l in WHEELS)])

    @property
    def asked(self) -> dict[str, Any]:
        typed = self.cleaned_data
        treads = [typed[name] for name, _label in WHEELS]
        names = ("centre", "place", "season", "size", "remarks")
        return {"tread_mm": treads, **{name: typed[name] for name in names}}
