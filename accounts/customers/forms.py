"""What is typed about customers: shape only; the rules live in customers.py and merging.py."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.customers.finding import LONGEST
from accounts.customers.merging import Preview
from accounts.models import User
from accounts.signin_forms import PASSWORD_HINT

FACT_WORDS = {"name": _("Name"), "phone": _("Phone"), "email": _("E-mail")}


class FindForm(forms.Form):
    q = forms.CharField(
        label=_("Name, e-mail, phone, number plate, VIN or number"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
    )


class ReachForm(forms.Form):
    """Who somebody is and how they are reached."""

    first_name = forms.CharField(label=_("First name"), required=False, max_length=80)
    last_name = forms.CharField(label=_("Last name"), required=False, max_length=80)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("A phone number or an e-mail address is enough."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)


class CustomerForm(ReachForm):
    street = forms.CharField(label=_("Street and number"), required=False, max_length=120)
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=12)
    town = forms.CharField(label=_("Town"), required=False, max_length=80)


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))


class MergeForm(forms.Form):
    """For each fact that differs: which of the two stays."""

    def __init__(self, *args: Any, preview: Preview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in preview.choices:
            self.fields[fact] = forms.ChoiceField(
                label=FACT_WORDS[fact],
                widget=forms.RadioSelect,
                initial="kept",
                choices=[("kept", said(fact, preview.kept)), ("gone", said(fact, preview.gone))],
            )

    @property
    def facts_of_gone(self) -> frozenset[str]:
        return frozenset(fact for fact, side in self.cleaned_data.items() if side == "gone")


def said(fact: str, user: User) -> str:
    """What a row says of its person."""
    return {"name": user.display_name, "phone": user.phone, "email": user.email or ""}[fact]


class TakeOverForm(forms.Form):
    """A new account: the address is proved by the link."""

    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HINT,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class ConfirmForm(forms.Form):
    """Nothing to type: whoever is signed in takes over."""
