"""Shapes of the pages' input about packs."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.pages import IdempotentForm
from subscriptions.contracts.forms import DateInput
from subscriptions.models import PackSettlement


class PackForm(IdempotentForm):
    serial = forms.CharField(label=_("Serial number"), max_length=40)
    capacity_kwh = forms.DecimalField(
        label=_("Capacity (kWh)"), max_digits=5, decimal_places=1, min_value=Decimal("0.1"), localize=True
    )
    chemistry = forms.CharField(
        label=_("Chemistry"), max_length=20, required=False, help_text=_("Such as NMC or LFP.")
    )
    made_on = forms.DateField(label=_("Manufactured on"), required=False, widget=DateInput())
    price = forms.DecimalField(
        label=_("Price when new (€, gross)"), max_digits=8, decimal_places=2, min_value=0, localize=True
    )


class FitForm(IdempotentForm):
    vin = forms.CharField(label=_("VIN of the car"), min_length=17, max_length=17)

    def clean_vin(self) -> str:
        return str(self.cleaned_data["vin"]).upper()


class HealthForm(IdempotentForm):
    percent = forms.DecimalField(
        label=_("State of health (%)"),
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.1"),
        max_value=110,
        localize=True,
    )
    cycles = forms.IntegerField(label=_("Full cycles"), min_value=0, max_value=100_000, required=False)


class BuyForm(IdempotentForm):
    shown_cents = forms.IntegerField(widget=forms.HiddenInput)


class ReturnForm(IdempotentForm):
    visit = forms.ChoiceField(label=_("Visit"))

    def __init__(self, *args: Any, visits: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visit"] = forms.ChoiceField(label=_("Visit"), choices=visits)


class SettleForm(IdempotentForm):
    manner = forms.ChoiceField(
        label=_("What became of it"),
        choices=[
            (PackSettlement.Manner.RETURNED.value, _("It came back")),
            (PackSettlement.Manner.LOST.value, _("It is lost with the car")),
        ],
        widget=forms.RadioSelect,
    )
