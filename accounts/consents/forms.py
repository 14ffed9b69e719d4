"""Shapes of what is typed about consents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.consents.texts import Wording


class ConsentChoice(forms.Form):
    """The hidden fields of one purpose's button."""

    given = forms.ChoiceField(choices=[("0", "0"), ("1", "1")])
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class ConsentTextForm(forms.Form):
    """A new version of the words, in both languages."""

    title_de = forms.CharField(label=_("Title (German)"), max_length=120)
    text_de = forms.CharField(label=_("Text (German)"), max_length=6000, widget=forms.Textarea)
    title_en = forms.CharField(label=_("Title (English)"), max_length=120)
    text_en = forms.CharField(label=_("Text (English)"), max_length=6000, widget=forms.Textarea)
    asks_again = forms.BooleanField(
        label=_("Ask everybody again"),
        required=False,
        help_text=_(
            "Consents to earlier versions end at once. Leave it out only for corrections that change "
            "nothing of what people agreed to."
        ),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def wording(self) -> Wording:
        given: dict[str, Any] = self.cleaned_data
        return Wording(*(given[name] for name in Wording._fields))
