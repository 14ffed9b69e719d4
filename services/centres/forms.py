"""Shapes of what administrators type about centres and what they offer."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.permissions import Role
from services.centres.centres import LANDS, Hours
from services.models import BayType, Centre, ServiceType, Skill
from services.models.centres import Weekday


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
        fields = ("name", "street", "postcode", "town", "land", "phone", "email", "cutoff_hours", "is_active")

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


class TechnicianForm(forms.Form):
    name = forms.CharField(label=_("Name on the board"), max_length=80)
    skills = forms.ModelMultipleChoiceField(
        Skill.objects.all(), label=_("Skills"), widget=forms.CheckboxSelectMultiple
    )
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Account"),
        required=False,
        help_text=_("Colleagues with the role of technician. Can follow later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = RoleGrant.objects.in_force().filter(role=Role.TECHNICIAN).values("user")
        field: Any = self.fields["user"]
        field.queryset = User.objects.filter(pk__in=held, resources__isnull=True).order_by("last_name")


class BayForm(forms.Form):
    name = forms.CharField(label=_("Name on the board"), max_length=80)
    bay_type = forms.ChoiceField(label=_("Kind"), choices=BayType.choices)


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
            "skill",
            "bay_type",
            "owner_may_book",
            "is_active",
        )
        labels = {
            "name_de": _("Name (German)"),
            "name_en": _("Name (English)"),
            "text_de": _("What it is (German)"),
            "text_en": _("What it is (English)"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duration_minutes"] = forms.IntegerField(
            label=_("Duration (minutes)"), min_value=15, max_value=720
        )
        self.order_fields([*self.Meta.fields[:7], "price", *self.Meta.fields[7:]])
        if self.instance.price_cents is not None:
            self.initial["price"] = Decimal(self.instance.price_cents).scaleb(-2)

    def values(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        price = self.cleaned_data["price"]
        return {**values, "price_cents": None if price is None else int(price * 100)}
