"""Shapes of what the set-up asks about rates and numbers."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from subscriptions.models import VatRate


class RateForm(forms.Form):
    code = forms.ChoiceField(label=_("Rate"), choices=VatRate.Code)
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}))
    percent = forms.DecimalField(label=_("Percent"), max_digits=3, decimal_places=1, min_value=Decimal(0))


class SeriesForm(forms.Form):
    """The field "prefix" is added late: a form has an attribute of that name."""

    next_number = forms.IntegerField(label=_("First number"), min_value=1)
    field_order = ("prefix", "next_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prefix"] = forms.CharField(
            label=_("Prefix"),
            max_length=12,
            help_text=_("Letters and digits, at the end one of - / . as in RE-."),
        )
        self.order_fields(self.field_order)
