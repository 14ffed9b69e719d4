"""Forms of documents: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.fields import SignatureField


class SignForm(forms.Form):
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    signer_name = forms.CharField(
        label=_("Your full name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    strokes = SignatureField(label=_("Your signature"))
