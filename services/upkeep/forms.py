"""Shape of what is typed about a car's dates, and about campaigns."""

from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from common.choosing import offer
from services.models import Campaign, ServiceType, Upkeep


class MonthField(forms.Field):
    """A month, as the browser's own field gives it ("2027-03"), or as people type it ("03/2027")."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2027-03"})
    default_error_messages = {"invalid": _("Please choose a month, such as 2027-03.")}

    def to_python(self, value: Any) -> date | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        if "/" in typed or "." in typed:
            month, _mark, year = typed.replace(".", "/").partition("/")
            typed = f"{year}-{month.zfill(2)}"
        try:
            day = parse_date(f"{typed}-01")
        except ValueError:
            day = None
        if day is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _km(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )


class OwnerDatesForm(forms.Form):
    """What the owner knows best."""

    inspection_month = MonthField(
        label=_("General inspection"),
        required=False,
        help_text=_("The month on the sticker of your rear plate."),
    )
    mileage_km = _km(_("Mileage (km)"))

    def __init__(self, *args: Any, kept: Upkeep, **kwargs: Any) -> None:
        initial = {name: getattr(kept, name) for name in self.base_fields}
        super().__init__(*args, **{**kwargs, "initial": initial})


class StaffDatesForm(OwnerDatesForm):
    """All of it."""

    service_due_on = forms.DateField(label=_("Service due by"), required=False, widget=DayInput())
    service_due_km = _km(_("Service due at (km)"))
    warranty_until = forms.DateField(label=_("Warranty until"), required=False, widget=DayInput())


class CampaignForm(forms.ModelForm):
    class Meta:
        model = Campaign
        fields = [
            "code",
            "kind",
            "authority_number",
            "title_de",
            "title_en",
            "text_de",
            "text_en",
            "service_type",
            "do_not_drive",
        ]
        labels = {
            "title_de": _("Title in German"),
            "title_en": _("Title in English"),
            "text_de": _("What owners should know, in German"),
            "text_en": _("What owners should know, in English"),
        }
        help_texts = {
            "code": _("As in the letter of the maker, such as N5-2026-03."),
            "service_type": _("Booking this work settles it. Owners pay nothing for a recall."),
        }
        widgets = {"text_de": forms.Textarea(attrs={"rows": 4}), "text_en": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "service_type", ServiceType.objects.filter(is_active=True))

    def validate_unique(self) -> None:
        """Said by the domain, in its own words."""


class CarsForm(forms.Form):
    """Which cars of a campaign are listed."""

    state = forms.CharField(required=False, max_length=9)
    q = forms.CharField(required=False, max_length=17)
