"""Forms of claims: shape only."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.fields import UploadsField
from vehicles.claims import DOCUMENT_KIND, WORDS_LENGTH
from vehicles.forms import TYPED_EXACTLY


class ClaimByRegistrationForm(forms.Form):
    vin = forms.CharField(
        label=_("Vehicle identification number (VIN)"),
        max_length=40,
        help_text=_("17 characters: field E of the registration certificate."),
        widget=forms.TextInput(attrs=TYPED_EXACTLY),
    )
    document = UploadsField(
        kind=DOCUMENT_KIND,
        max_files=1,
        label=_("Registration certificate part I"),
        help_text=_("A photo or scan of the page with your name. Only our desk sees it."),
    )

    def __init__(self, *args: Any, user: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["document"]
        field.receive_for(user, now)


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label=_("Why is the car still yours?"),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only our desk reads this."),
    )


class VerdictForm(forms.Form):
    grants = forms.TypedChoiceField(
        label=_("Your verdict"),
        choices=[("yes", _("Grant the claim")), ("no", _("Refuse the claim"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for a refusal; the claimant reads it."),
    )
