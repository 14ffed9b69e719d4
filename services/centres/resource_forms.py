"""Shapes of what administrators type about people, places and cars of a centre."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleGrant, User
from accounts.permissions import Role
from services.centres.forms import clock
from services.centres.resources import FIELDS, SKILLED
from services.centres.shifts import Stretch
from services.models import BayType, Resource, Skill
from services.models.centres import Weekday
from vehicles.models import VehicleModel


class PostcodesField(forms.CharField):
    """Beginnings of postcodes with commas or spaces between them, as a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Postcodes that begin with"),
            help_text=_("With commas: 20, 21, 221."),
            max_length=400,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys((value or "").replace(",", " ").split()))

    def validate(self, value: Any) -> None:
        if not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if not all(each.isdecimal() and len(each) <= 5 for each in value):
            raise forms.ValidationError(_("Beginnings of postcodes are one to five digits."))

    def run_validators(self, value: Any) -> None:
        """Those of a text do not fit a list."""


def _field(name: str) -> forms.Field:
    made: dict[str, Any] = {
        "user": lambda: forms.ModelChoiceField(
            User.objects.none(),
            label=_("Account"),
            required=False,
            help_text=_("Colleagues with the role of technician. Can follow later."),
        ),
        "bay_type": lambda: forms.ChoiceField(label=_("Kind"), choices=BayType.choices),
        "area": PostcodesField,
        "travel_minutes": lambda: forms.IntegerField(
            label=_("Travel (minutes, one way)"), min_value=1, max_value=180
        ),
        "plate": lambda: forms.CharField(label=_("Number plate"), max_length=12, required=False),
        "car_model": lambda: forms.ModelChoiceField(
            VehicleModel.objects.order_by("name"), label=_("Model"), required=False
        ),
    }
    field: forms.Field = made[name]()
    return field


class ResourceForm(forms.Form):
    """The fields of one kind; who has skills says of each until when."""

    name = forms.CharField(label=_("Name on the board"), max_length=80)

    def __init__(self, *args: Any, kind: str, resource: Resource | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.resource = kind, resource
        for name in FIELDS[kind]:
            self.fields[name] = _field(name)
            if resource is not None:
                self.initial.setdefault(name, getattr(resource, name))
        if resource is not None:
            self.initial.setdefault("name", resource.name)
        if "user" in self.fields:
            field: Any = self.fields["user"]
            held = RoleGrant.objects.in_force().filter(role=Role.TECHNICIAN).values("user")
            free = Q(pk__in=held, resources__isnull=True)
            own = Q(pk=resource.user_id) if resource is not None and resource.user_id else Q(pk__in=[])
            field.queryset = User.objects.filter(free | own).order_by("last_name").distinct()
        self.known = list(Skill.objects.all()) if kind in SKILLED else []
        self._add_skills()

    def _add_skills(self) -> None:
        held: dict[int, date | None] = {}
        if self.resource is not None:
            held = dict(self.resource.qualifications.values_list("skill", "valid_until"))
        for skill in self.known:
            self.fields[f"skill_{skill.pk}"] = forms.BooleanField(label=skill.name, required=False)
            self.fields[f"until_{skill.pk}"] = forms.DateField(
                label=_("%(skill)s: valid until") % {"skill": skill.name},
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
            self.initial[f"skill_{skill.pk}"] = skill.pk in held
            self.initial[f"until_{skill.pk}"] = held.get(skill.pk)

    def facts(self) -> list[Any]:
        return [self[name] for name in ("name", *FIELDS[self.kind])]

    def skill_rows(self) -> Iterator[tuple[Any, Any]]:
        for skill in self.known:
            yield self[f"skill_{skill.pk}"], self[f"until_{skill.pk}"]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", *FIELDS[self.kind])}

    def skills(self) -> dict[Skill, date | None]:
        return {
            skill: self.cleaned_data[f"until_{skill.pk}"]
            for skill in self.known
            if self.cleaned_data[f"skill_{skill.pk}"]
        }


class WeekForm(forms.Form):
    """A week of shifts, two stretches a day; empty is free."""

    valid_from = forms.DateField(
        label=_("From this day on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The week so far ends the day before."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in Weekday:
            for part in (1, 2):
                for end, label in (("starts", _("starts")), ("ends", _("ends"))):
                    self.fields[f"{end}_{day.value}_{part}"] = clock(label)

    def days(self) -> Iterator[tuple[Any, list[Any]]]:
        for day in Weekday:
            names = [f"{end}_{day.value}_{part}" for part in (1, 2) for end in ("starts", "ends")]
            yield day.label, [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for day in Weekday:
            for part in (1, 2):
                pair = [values.get(f"{end}_{day.value}_{part}") for end in ("starts", "ends")]
                if (pair[0] is None) != (pair[1] is None):
                    self.add_error(f"starts_{day.value}_{part}", _("Both times are needed, or none."))
        return values

    def stretches(self) -> list[Stretch]:
        found = []
        for day in Weekday:
            for part in (1, 2):
                starts = self.cleaned_data.get(f"starts_{day.value}_{part}")
                ends = self.cleaned_data.get(f"ends_{day.value}_{part}")
                if starts and ends:
                    found.append(Stretch(day.value, starts, ends))
        return found
