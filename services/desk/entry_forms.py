"""What is typed when a colleague books for somebody at the counter or on the phone."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.choosing import offer
from services.booking.booking import NOTE_LENGTH, Doorstep
from services.desk.entering import WORDS_LENGTH
from services.forms import InstantField
from services.models import Centre, ServiceType, Way
from vehicles.models import Vehicle


class CallerForm(forms.Form):
    """Somebody who has no file yet: a name, and a way to reach them."""

    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)


class WorkChoiceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class WantedForm(forms.Form):
    """Which car, what work, where and on which day."""

    vehicle = forms.ModelChoiceField(
        Vehicle.objects.none(), label=_("Car"), required=False, empty_label=_("Another car")
    )
    car_words = forms.CharField(
        label=_("Another car"),
        help_text=_("Number plate, VIN, or what the caller says."),
        max_length=WORDS_LENGTH,
        required=False,
    )
    service_types = WorkChoiceField(
        ServiceType.objects.none(), label=_("What is to be done"), widget=forms.CheckboxSelectMultiple
    )
    centre = forms.ModelChoiceField(Centre.objects.none(), label=_("Service centre"))
    way = forms.ChoiceField(
        label=_("How"),
        choices=[
            (Way.BRING, _("brings the car")),
            (Way.WAIT, _("waits on site")),
            (Way.PICK_UP, _("we fetch the car and bring it back")),
            (Way.MOBILE, _("a technician comes to the customer")),
        ],
    )
    street = forms.CharField(
        label=_("Street and number"),
        help_text=_("Where we fetch the car or come to; otherwise empty."),
        max_length=120,
        required=False,
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=5, required=False)
    town = forms.CharField(label=_("Town"), max_length=80, required=False)
    loan_car = forms.BooleanField(label=_("with a loan car"), required=False)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, cars: Any, centres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "vehicle", cars)
        offer(self, "centre", centres)
        offer(self, "service_types", ServiceType.objects.filter(is_active=True).order_by("pk"))

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2999:
            raise forms.ValidationError(_("Please choose a day."))
        return day

    @property
    def doorstep(self) -> Doorstep | None:
        """Where we go, if we go; an address typed for a car that comes here says nothing."""
        chosen = self.cleaned_data
        if chosen["way"] not in Way.travelling():
            return None
        return Doorstep(chosen["street"], chosen["postcode"], chosen["town"])


class EntryForm(WantedForm):
    """The same with the chosen time: all but the note was chosen before."""

    starts_at = InstantField(
        label=_("Time"), error_messages={"required": _("Please choose a time.")}, widget=forms.HiddenInput
    )
    note = forms.CharField(
        label=_("What the customer says"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class RecogniseForm(forms.Form):
    car = forms.CharField(label=_("Number plate or VIN"), max_length=20)
