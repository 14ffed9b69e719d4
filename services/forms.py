"""Shape of what people choose and type."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from services.booking.booking import NOTE_LENGTH
from services.models import Centre, ServiceType
from vehicles.models import Vehicle


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


class SubjectForm(forms.Form):
    """What for and with which car, scoped to what the person may bring."""

    vehicle = forms.ModelChoiceField(Vehicle.objects.none(), widget=forms.HiddenInput)
    service_type = forms.ModelChoiceField(ServiceType.objects.none(), widget=forms.HiddenInput)
    centre = forms.ModelChoiceField(Centre.objects.none(), widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cars = Vehicle.objects.usable_by(user, right="service", now=timezone.now())
        self._choose("vehicle", cars.select_related("model").order_by("pk"))
        self._choose("service_type", ServiceType.objects.filter(is_active=True, owner_may_book=True))
        self._choose("centre", Centre.objects.open_to_owners())

    def _choose(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = queryset


class AppointmentForm(SubjectForm):
    """The whole booking: only the note is typed here, the rest was chosen before."""

    starts_at = InstantField(error_messages={"required": _("Please choose a time.")})
    note = forms.CharField(
        label=_("Message to the workshop"),
        help_text=_("What should we know? Noises, warnings, wishes."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE_LENGTH,
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["centre"].required = True

    def clean(self) -> dict[str, Any]:
        """What is wrong with a hidden field is said at the top, where it can be read."""
        cleaned = super().clean() or self.cleaned_data
        for field in self.hidden_fields():
            for error in self.errors.pop(field.name, []):
                self.add_error(None, error)
        return cleaned


class MoveForm(forms.Form):
    starts_at = InstantField(error_messages={"required": _("Please choose a time.")})
