"""What the holder asks to change, and what was shown before."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import civil
from subscriptions import catalogue
from subscriptions.contracts.change_rules import FLEX_DAYS, Wish
from subscriptions.contracts.forms import DateInput

WHATS = ("switch", "flex", "pause", "resume")


class WishForm(forms.Form):
    """One wish; which fields count depends on ``what``."""

    what = forms.ChoiceField(choices=[(what, what) for what in WHATS], widget=forms.HiddenInput)
    plan = forms.SlugField(max_length=40, required=False, widget=forms.HiddenInput)
    starts_on = forms.DateField(label=_("First day"), required=False, widget=DateInput())
    days = forms.IntegerField(label=_("Days"), required=False, min_value=1, max_value=FLEX_DAYS)
    last_day = forms.DateField(label=_("Last day"), required=False, widget=DateInput())

    def __init__(self, *args: Any, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = civil.local_date(now)

    def wish(self) -> Wish:
        """The domain's shape of valid input."""
        asked = self.cleaned_data
        starts, last = asked.get("starts_on"), asked.get("last_day")
        found = catalogue.plan_on_sale(self.today, asked["plan"]) if asked.get("plan") else None
        ends = last + timedelta(days=1) if last else None
        if asked["what"] == "flex" and asked.get("days"):
            starts = starts or self.today
            ends = starts + timedelta(days=asked["days"])
        return Wish(asked["what"], found.version if found else None, starts, ends)


class AgreeForm(WishForm):
    """What was shown comes back with the order."""

    offer_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()
