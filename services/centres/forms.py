"""Shapes of what administrators type about centres and what they offer."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from services.centres.centres import LANDS
from services.centres.hours import Hours
from services.models import Centre, ServiceType
from services.models.centres import Weekday

GRIDS = (5, 10, 15, 20, 30, 60)  # minutes; what divides the hour


def clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class CentreForm(forms.ModelForm):
    """Two stretches a day, so that a lunch break can be told; empty is closed."""

    land = forms.ChoiceField(
        label=_("Land"),
        choices=lambda: [(code, name) for code, (name, _lat, _lon) in LANDS.items()],
        help_text=_("Decides the public holidays."),
    )

    class Meta:
        model = Centre
        fields = (
            "name",
            "street",
            "postcode",
            "town",
            "land",
            "phone",
            "email",
            "cutoff_hours",
            "loan_return_minutes",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in Weekday:
            for part in (1, 2):
                for end, label in (("opens", _("opens")), ("closes", _("closes"))):
                    self.fields[f"{end}_{day.value}_{part}"] = clock(label)

    def days(self) -> Iterator[tuple[Any, list[Any]]]:
        for day in Weekday:
            names = [f"{end}_{day.value}_{part}" for part in (1, 2) for end in ("opens", "closes")]
            yield day.label, [self[name] for name in names]

    def facts(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("postcode") and not (values["postcode"].isdigit() and len(values["postcode"]) == 5):
            self.add_error("postcode", _("A German postcode has five digits."))
        for day in Weekday:
            for part in (1, 2):
                pair = [values.get(f"{end}_{day.value}_{part}") for end in ("opens", "closes")]
                if (pair[0] is None) != (pair[1] is None):
                    self.add_error(f"opens_{day.value}_{part}", _("Both times are needed, or none."))
        return values

    def hours(self) -> list[Hours]:
        found = []
        for day in Weekday:
            for part in (1, 2):
                opens = self.cleaned_data.get(f"opens_{day.value}_{part}")
                closes = self.cleaned_data.get(f"closes_{day.value}_{part}")
                if opens and closes:
                    found.append(Hours(day.value, opens, closes))
        return found

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SkillForm(forms.Form):
    name_de = forms.CharField(label=_("Name (German)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80)


class ServiceForm(forms.ModelForm):
    price = forms.DecimalField(
        label=_("Price (euros, including VAT)"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(99999),
        decimal_places=2,
        localize=True,
        help_text=_("0 is free of charge; empty: the price follows from an estimate."),
    )

    class Meta:
        model = ServiceType
        fields = (
            "name_de",
            "name_en",
            "text_de",
            "text_en",
            "duration_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "place",
            "bay_type",
            "skill",
            "needs_car",
            "car_models",
            "is_mobile",
            "grid_minutes",
            "notice_hours",
            "horizon_days",
            "owner_may_book",
            "is_active",
        )
        labels = {
            "name_de": _("Name (German)"),
            "name_en": _("Name (English)"),
            "text_de": _("What it is (German)"),
            "text_en": _("What it is (English)"),
        }
        help_texts = {
            "buffer_before_minutes": _("Held before, but not told to the customer."),
            "buffer_after_minutes": _("Held after, but not told to the customer."),
            "skill": _("Empty: nobody of ours is needed, as at a swap station."),
            "car_models": _("None chosen: for all models."),
            "is_mobile": _("By a mobile technician."),
            "needs_car": _("Not so for a test drive."),
        }
        widgets = {"car_models": forms.CheckboxSelectMultiple}

    PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (_("What it is"), ("name_de", "name_en", "text_de", "text_en", "price")),
        (
            _("What it needs"),
            (
                "duration_minutes",
                "buffer_before_minutes",
                "buffer_after_minutes",
                "place",
                "bay_type",
                "skill",
                "needs_car",
                "car_models",
                "is_mobile",
            ),
        ),
        (
            _("When it can be booked"),
            ("grid_minutes", "notice_hours", "horizon_days", "owner_may_book", "is_active"),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["duration_minutes"] = forms.IntegerField(
            label=_("Duration (minutes)"), min_value=5, max_value=720
        )
        for name in ("buffer_before_minutes", "buffer_after_minutes"):
            fields[name].max_value = 120
            fields[name].validators.append(MaxValueValidator(120))
        fields["grid_minutes"] = forms.TypedChoiceField(
            label=_("Starts every"),
            coerce=int,
            choices=[(n, ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}) for n in GRIDS],
        )
        fields["notice_hours"].validators.append(MaxValueValidator(24 * 30))
        fields["horizon_days"].validators.extend([MinValueValidator(1), MaxValueValidator(365)])
        if self.instance.price_cents is not None:
            self.initial["price"] = Decimal(self.instance.price_cents).scaleb(-2)

    def parts(self) -> Iterator[tuple[Any, list[Any]]]:
        for title, names in self.PARTS:
            yield title, [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("place") != ServiceType.Place.BAY:
            values["bay_type"] = ""
        elif not values.get("bay_type"):
            self.add_error("bay_type", _("Please choose the kind of bay."))
        return values

    def values(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        price = self.cleaned_data["price"]
        return {**values, "price_cents": None if price is None else int(price * 100)}


class AnswersField(forms.CharField):
    """Answers to choose from, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        if any(len(each) > 60 for each in value):
            raise forms.ValidationError(_("An answer may have up to 60 characters."))

    def run_validators(self, value: Any) -> None:
        """Those of a text do not fit a list."""


class QuestionForm(forms.Form):
    text_de = forms.CharField(label=_("Question (German)"), max_length=160)
    text_en = forms.CharField(label=_("Question (English)"), max_length=160)
    answers_de = AnswersField(
        label=_("Answers (German)"),
        required=False,
        help_text=_("One a line. Empty: people write a line of their own."),
    )
    answers_en = AnswersField(
        label=_("Answers (English)"), required=False, help_text=_("As many, in the same order.")
    )


class CheckItemForm(forms.Form):
    text_de = forms.CharField(label=_("Point (German)"), max_length=120)
    text_en = forms.CharField(label=_("Point (English)"), max_length=120)
    unit = forms.CharField(
        label=_("Unit"), max_length=10, required=False, help_text=_("With a unit it is measured: mm, V, °C.")
    )
    lowest = forms.DecimalField(
        label=_("In order from"), max_digits=8, decimal_places=2, required=False, localize=True
    )
    highest = forms.DecimalField(
        label=_("In order up to"), max_digits=8, decimal_places=2, required=False, localize=True
    )
