"""What the workshop types about a visit: a step with words, a promise."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.desk.workday import Parts
from services.models import Appointment


class StepForm(forms.Form):
    """A step with words for the customer; missing parts are named."""

    status = forms.ChoiceField(label=_("Next step"), widget=forms.RadioSelect)
    parts = forms.CharField(
        label=_("Which parts are missing?"),
        help_text=_("Only when we wait for parts."),
        max_length=200,
        required=False,
    )
    parts_expected_on = forms.DateField(
        label=_("Expected on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note for the customer"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, steps: list[Appointment.Status], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["status"]
        field.choices = [(step.value, step.label) for step in steps]
        if Appointment.Status.WAITING_PARTS not in steps:
            del self.fields["parts"], self.fields["parts_expected_on"]

    @property
    def missing(self) -> Parts:
        typed = self.cleaned_data
        return Parts(typed.get("parts", ""), typed.get("parts_expected_on"))


class CentreTimeField(forms.DateTimeField):
    """A wall-clock time at the centre; its zone is the one that the page is shown in."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "300"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)


class PromiseForm(forms.Form):
    """Another time for the car, and why."""

    promised_at = CentreTimeField(label=_("Ready by"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The customer reads it."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, visit: Appointment, **kwargs: Any) -> None:
        self.zone = visit.centre.zone
        with timezone.override(self.zone):
            super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        """What is typed is the wall clock of the centre, wherever the colleague sits."""
        with timezone.override(self.zone):
            super().full_clean()
