"""Shapes of what administrators type about the house."""

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from accounts import scopes
from accounts.house.brand import IMPRINT
from accounts.models import Brand, User
from accounts.models.house import WEEKDAYS
from accounts.staff_forms import COUNTABLE, role_choices

COLOUR_PATTERN = re.compile("#[0-9a-f]{6}")


class BrandForm(forms.Form):
    name = forms.CharField(label=_("Name of the brand"), max_length=60)
    colour_light = forms.CharField(
        label=_("Colour"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Buttons and links on light ground."),
    )
    colour_dark = forms.CharField(
        label=_("Colour in the dark theme"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Usually a lighter shade of the same colour."),
    )
    derive = forms.BooleanField(
        label=_("Find the shade for the dark theme by itself"), required=False, initial=False
    )
    logo = forms.FileField(
        label=_("Sign"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/webp,image/jpeg"}),
        help_text=_("PNG, WebP or JPEG, square, at least 512 pixels, up to 2 MB. Empty keeps the one shown."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("colour_light", "colour_dark"):
            typed = values.get(name, "").lower()
            values[name] = typed
            if typed and not COLOUR_PATTERN.fullmatch(typed):
                self.add_error(name, _("A colour reads like #0b6e6e."))
        if values.get("derive"):
            values["colour_dark"] = ""
        return values


class ImprintForm(forms.ModelForm):
    class Meta:
        model = Brand
        fields = IMPRINT
        labels = {"legal_name": _("Company with its legal form")}
        help_texts = {
            "represented_by": _("Managing directors or board, by first and last name."),
            "register": _("Such as: Amtsgericht Hamburg, HRB 123456."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("legal_name", "street", "postcode", "town", "represented_by", "phone", "email"):
            self.fields[name].required = True


class DeskHoursForm(forms.Form):
    """Which days and from when to when; whether they make sense is for change_brand to say."""

    desk_days = forms.TypedMultipleChoiceField(
        label=_("Open on"),
        coerce=int,
        choices=lambda: [(day, WEEKDAY_NAMES[day - 1]) for day in WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Public holidays of all of Germany are left out by themselves."),
    )
    desk_opens = forms.TimeField(
        label=_("Opens at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    desk_closes = forms.TimeField(
        label=_("Closes at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class LegalForm(forms.Form):
    text_de = forms.CharField(
        label=_("German"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "lang": "de", "class": "font-mono text-sm"}),
        help_text=_("Markdown: ## heading, - list, **bold**, [words](https://…)."),
    )
    text_en = forms.CharField(
        label=_("English"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "lang": "en", "class": "font-mono text-sm"}),
    )
    valid_from = forms.DateField(
        label=_("In force from"),
        validators=COUNTABLE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class FirstAdministratorForm(forms.Form):
    first_name = forms.CharField(
        label=_("First name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A short sentence is easy to keep in mind."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "password" in values:
            known = {name: values.get(name, "") for name in ("email", "first_name", "last_name")}
            try:
                validate_password(values["password"], User(**known))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=role_choices)
    scope = forms.ChoiceField(
        label=_("Where"), required=False, choices=lambda: [("", _("Everywhere")), *scopes.scope_choices()]
    )


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("UTF-8 or Windows-1252; columns parted by semicolons, commas or tabs; up to 18 MB."),
    )


class MailTestForm(forms.Form):
    """Only a button: the letter goes to oneself."""
