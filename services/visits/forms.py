"""What is typed about a visit that is booked: a message, a thank-you."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.fields import UploadsField, receive
from services.visits import thanking
from services.visits.messages import LONGEST_TEXT, MOST_PICTURES, PICTURE


class VisitMessageForm(forms.Form):
    """A message about a visit, with pictures."""

    text = forms.CharField(
        label=_("Message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = UploadsField(
        kind=PICTURE, max_files=MOST_PICTURES, label=_("Pictures or papers"), required=False
    )

    def __init__(
        self, *args: Any, user: User, now: datetime, owner: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        receive(self, "pictures", user, now, owner=owner)


class ThanksForm(forms.Form):
    """A few words for the team, or none."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=thanking.LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
