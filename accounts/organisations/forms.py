"""Shapes of what people type about organisations and their members."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.addresses import country_choices
from accounts.models import Membership, Organisation


class OrganisationForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    legal_form = forms.ChoiceField(label=_("Legal form"), choices=Organisation.LegalForm.choices)
    vat_id = forms.CharField(
        label=_("VAT id"),
        max_length=20,
        required=False,
        help_text=_("For example DE136695976. Leave empty if the organisation has none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    order_reference = forms.CharField(
        label=_("Order reference"),
        max_length=60,
        required=False,
        help_text=_("Printed on every invoice, for example a cost centre."),
    )
    invoice_email = forms.EmailField(
        label=_("E-mail for invoices"),
        required=False,
        help_text=_("Leave empty to get invoices in the inbox only."),
    )


class PostalForm(forms.Form):
    """An address as an envelope has it; the rules live in accounts/addresses.py."""

    recipient = forms.CharField(
        label=_("Recipient, if different"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    extra = forms.CharField(
        label=_("c/o, building, floor"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=12,
        required=False,  # some countries have none; for Germany the rule says so
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    town = forms.CharField(
        label=_("Town"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    country = forms.ChoiceField(
        label=_("Country"), initial="DE", widget=forms.Select(attrs={"autocomplete": "country"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = country_choices()


def _roles() -> list[tuple[str, str]]:
    return [(value, capfirst(str(label))) for value, label in Membership.Role.choices]


class InviteForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=_roles,
        initial=Membership.Role.DRIVER,
        widget=forms.RadioSelect,
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=_roles, widget=forms.RadioSelect)
