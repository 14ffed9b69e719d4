"""Shape of what people choose and type."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _


class InstantField(forms.Field):
    """An ISO 8601 instant with its offset, as our own links and forms carry it."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("Please choose a time.")}

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            moment = parse_datetime(str(value))
        except ValueError:
            moment = None
        # Far-off years would overflow as soon as they are counted on.
        if moment is None or moment.tzinfo is None or not 2000 <= moment.year <= 2999:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


class WeekForm(forms.Form):
    """Which week, which day, which time: all may be missing."""

    week = forms.DateField(required=False)
    day = forms.DateField(required=False)
    starts_at = InstantField(required=False)


class MoveForm(forms.Form):
    starts_at = InstantField(error_messages={"required": _("Please choose a time.")})
