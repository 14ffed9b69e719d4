"""Shapes of what people type about themselves."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import photos
from accounts.models import User
from documents.fields import UploadsField


class SignupFields(forms.Form):
    """What sign-up asks besides address and secret; both may stay empty."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this method; the adapter has saved the names already."""


def zone_choices() -> list[tuple[str, str]]:
    """IANA zones that name a place, Europe's first."""
    zones = [
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    ]
    zones.sort(key=lambda zone: (not zone.startswith("Europe/"), zone))
    return [(zone, zone.replace("_", " ")) for zone in zones]


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    formats = forms.ChoiceField(
        label=_("Dates and numbers"),
        choices=[("", _("like the language")), *User.Formats.choices],
        required=False,
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone", "language", "time_zone", "formats")
        labels = {
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "phone": _("Phone"),
            "language": _("Language"),
            "formats": _("Dates and numbers"),
        }
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        }


class PhotoForm(forms.Form):
    photo = UploadsField(
        kind=photos.KIND,
        max_files=1,
        label=_("Choose a picture"),
        help_text=_("Place and camera data are removed."),
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["photo"]
        field.receive_for(user, now)
