"""Forms of the garage: shape only; the rules live with the nouns."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import HolderField
from accounts.models import Membership, Organisation, User
from documents.fields import UploadsField
from vehicles import garage_sharing
from vehicles.models import Share, Vehicle, VehicleModel
from vehicles.ownership import PHOTO_KIND

TYPED_EXACTLY = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}


class HolderForm(forms.Form):
    """Whose a car becomes; asked only of those who act for an organisation."""

    organisation = HolderField(label=_("Whose car is it?"), empty_label=_("mine"))

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        run = Organisation.objects.run_by(user).order_by("name") if user else Organisation.objects.none()
        field: Any = self.fields["organisation"]
        field.queryset = run
        if not run.exists():
            del self.fields["organisation"]


class ClaimForm(HolderForm):
    field_order = ("vin", "code", "organisation")
    vin = forms.CharField(
        label=_("Vehicle identification number (VIN)"),
        max_length=40,
        help_text=_("17 characters, on your handover sheet and at the bottom of the windscreen."),
        widget=forms.TextInput(attrs=TYPED_EXACTLY),
    )
    code = forms.CharField(
        label=_("Claim code"),
        max_length=40,
        help_text=_("From your handover, for example NL-7F3K-2QH."),
        widget=forms.TextInput(attrs=TYPED_EXACTLY),
    )


class DetailsForm(forms.Form):
    plate = forms.CharField(
        label=_("Number plate"),
        max_length=20,
        required=False,
        help_text=_("For example HH NL 512E."),
        widget=forms.TextInput(attrs=TYPED_EXACTLY),
    )
    nickname = forms.CharField(
        label=_("Nickname"), max_length=40, required=False, help_text=_("What you call the car at home.")
    )


class PhotoForm(forms.Form):
    photo = UploadsField(
        kind=PHOTO_KIND,
        max_files=1,
        label=_("Choose a picture"),
        help_text=_("Place and camera data are removed."),
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].receive_for(user, now)  # type: ignore[attr-defined]


class TransferForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address of the new owner"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ReleaseForm(forms.Form):
    sure = forms.BooleanField(label=_("I no longer own this car."))


class AccessForm(forms.Form):
    """What somebody may do with a car, see of it, and until when."""

    rights = forms.MultipleChoiceField(
        label=_("May do"), choices=Share.Right.choices, widget=forms.CheckboxSelectMultiple
    )
    scope = forms.ChoiceField(
        label=_("May see"), choices=Share.Scope.choices, initial=Share.Scope.BASIC, widget=forms.RadioSelect
    )
    last_day = forms.DateField(
        label=_("Until and including"),
        required=False,
        validators=[MaxValueValidator(date(2999, 12, 31))],  # the day after it must exist, too
        help_text=_("Leave empty for access without an end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    @property
    def until(self) -> datetime | None:
        """The instant at which the last day is over, in the reader's zone."""
        day = self.cleaned_data.get("last_day")
        if day is None:
            return None
        zone = timezone.get_current_timezone()
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)

    @staticmethod
    def last_day_of(until: datetime | None) -> date | None:
        """The day that ``until`` ends, in the reader's zone; an end within a day counts that day."""
        return timezone.localdate(until - timedelta(microseconds=1)) if until else None


class ShareForm(AccessForm):
    """Whom to give access; of an organisation's car its members are to choose from."""

    email = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    field_order = ("email", "rights", "scope", "last_day")

    def __init__(self, *args: Any, members: list[Membership] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if members is not None:
            choices = [(held.user.email, held.user.display_name or held.user.email) for held in members]
            self.fields["email"] = forms.ChoiceField(
                label=_("Member"), choices=[("", _("Please choose")), *choices]
            )
            self.order_fields(self.field_order)


class GarageShareForm(AccessForm):
    """Whom to give access to all of one's own cars, or to some, by a role."""

    WHOLE, CHOSEN = "whole", "chosen"
    email = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    extent = forms.ChoiceField(
        label=_("Which cars"),
        choices=[(WHOLE, _("My whole garage, also cars that I add later")), (CHOSEN, _("Only these:"))],
        initial=WHOLE,
        widget=forms.RadioSelect,
    )
    vehicles = forms.ModelMultipleChoiceField(
        label=_("Cars"),
        queryset=Vehicle.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Counts only for “Only these”."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=garage_sharing.CHOICES,
        initial=garage_sharing.GarageRole.FAMILY,
        widget=forms.RadioSelect,
    )
    field_order = ("email", "extent", "vehicles", "role", "scope", "last_day")

    def __init__(self, *args: Any, cars: QuerySet[Vehicle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["rights"]  # the role brings them
        field: Any = self.fields["vehicles"]
        field.queryset = cars

    @property
    def is_whole(self) -> bool:
        return bool(self.cleaned_data["extent"] == self.WHOLE)


class HandoverForm(forms.Form):
    vin = forms.CharField(
        label=_("Vehicle identification number (VIN)"),
        max_length=40,
        widget=forms.TextInput(attrs=TYPED_EXACTLY),
    )
    model = forms.ModelChoiceField(
        label=_("Model"), queryset=VehicleModel.objects.all(), empty_label=_("Please choose")
    )
    colour = forms.ChoiceField(label=_("Colour"), choices=Vehicle.Colour.choices)


class StaffSearchForm(forms.Form):
    q = forms.CharField(label=_("VIN or number plate"), max_length=40, required=False)
