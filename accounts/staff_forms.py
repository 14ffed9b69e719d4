"""Shapes of the administrators' pages."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts import scopes
from accounts.permissions import Role
from journal import kinds


def role_choices() -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in Role if role != Role.OWNER]


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=role_choices)
    scope = forms.ChoiceField(
        label=_("Where"), required=False, choices=lambda: [("", _("Everywhere")), *scopes.scope_choices()]
    )


class PeopleFilter(forms.Form):
    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=lambda: [("", _("Everybody")), *role_choices()]
    )


def kind_choices() -> list[tuple[str, Any]]:
    known = sorted(kinds.all_kinds().values(), key=lambda kind: str(kind.label))
    return [("", _("Everything")), *((kind.name, kind.label) for kind in known)]


# Days whose beginning and end are instants in every zone.
COUNTABLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class JournalFilter(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False, choices=kind_choices)
    person = forms.CharField(label=_("Who (e-mail)"), required=False, max_length=254)
    since = forms.DateField(
        label=_("From"),
        required=False,
        validators=COUNTABLE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("To and including"),
        required=False,
        validators=COUNTABLE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
