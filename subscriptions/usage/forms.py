from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.codes import parse_code
from common.pages import IdempotentForm


class SourceForm(IdempotentForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as “Charging network north”."))
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Lower-case letters, digits and hyphens.")
    )

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).lower()


class AssignForm(forms.Form):
    contract = forms.CharField(label=_("Number of the contract"), max_length=16)

    def clean_contract(self) -> Any:
        typed = self.cleaned_data["contract"]
        if parse_code(typed) is None:
            raise ValidationError(_("A contract's number looks like NL-7F3K-2Q."))
        return typed
