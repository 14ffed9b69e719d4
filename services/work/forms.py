"""What technicians type: shape only."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.choosing import offer
from documents.fields import UploadsField, receive
from services.forms import InstantField
from services.models import CheckResult, Job
from services.work.findings import MOST_PICTURES, PICTURE, TEXT_LENGTH


class PointForm(forms.Form):
    """One point of the check sheet: a value where something is measured, a verdict or none."""

    value = forms.DecimalField(
        required=False,
        max_digits=8,
        decimal_places=2,
        localize=True,
        error_messages={"invalid": _("Please enter a number.")},
    )
    verdict = forms.ChoiceField(required=False, choices=[("", ""), *CheckResult.Verdict.choices])
    seen = InstantField(required=False)


class FindingTextForm(forms.Form):
    text = forms.CharField(
        label=_("What did you find?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FindingForm(FindingTextForm):
    item: Any = forms.ModelChoiceField(
        None, label=_("At which point?"), required=False, empty_label=_("none of the sheet")
    )
    pictures = UploadsField(kind=PICTURE, max_files=MOST_PICTURES, label=_("Pictures"), required=False)

    def __init__(self, *args: Any, user: User, job: Job, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = job.service_type.check_items.filter(is_active=True).order_by("position")
        offer(self, "item", items)
        if not items:
            del self.fields["item"]
        receive(self, "pictures", user, now, owner=job.appointment.booked_by)
