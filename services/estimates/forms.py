"""What is typed about estimates: lines with entries, sending, deciding."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from documents.fields import UploadsField, receive
from services.estimates.drafting import MOST_ENTRIES, MOST_PICTURES, Entry, Work
from services.estimates.reading import PICTURE
from services.models import CostEntry, EstimateLine

SPARE_ROWS = 3
HOURS = [
    (1, _("1 hour")),
    (4, _("4 hours")),
    (24, _("1 day")),
    (72, _("3 days")),
    (168, _("1 week")),
]


class EntryForm(forms.Form):
    """Labour or a part; a row that stays empty is left out."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CostEntry.Kind, initial=CostEntry.Kind.LABOUR)
    text = forms.CharField(label=_("What"), max_length=120)
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.01"), max_digits=7, decimal_places=2, localize=True
    )
    price = forms.DecimalField(
        label=_("Net price each (€)"), min_value=0, max_digits=8, decimal_places=2, localize=True
    )
    vat_percent = forms.TypedChoiceField(
        label=_("VAT"),
        choices=[
            ("19", "19\N{NO-BREAK SPACE}%"),
            ("7", "7\N{NO-BREAK SPACE}%"),
            ("0", "0\N{NO-BREAK SPACE}%"),
        ],
        initial="19",
        coerce=Decimal,
    )

    use_required_attribute = False

    def as_entry(self) -> Entry:
        typed = self.cleaned_data
        return Entry(
            kind=typed["kind"],
            text=typed["text"].strip(),
            quantity=typed["quantity"],
            unit_cents=int(typed["price"] * 100),
            vat_percent=typed["vat_percent"],
        )


class EntryRows(forms.BaseFormSet):
    """All rows alike: whichever is empty does not count, be it new or known."""

    def initial_form_count(self) -> int:
        return 0


class LineForm(forms.Form):
    """One thing for the customer to decide about, with what it costs."""

    title = forms.CharField(label=_("What is to be done?"), max_length=120)
    text = forms.CharField(
        label=_("Why?"),
        help_text=_("In words that somebody understands who knows nothing of cars."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"), choices=EstimateLine.Urgency, initial=EstimateLine.Urgency.SOON
    )
    pictures = UploadsField(kind=PICTURE, max_files=MOST_PICTURES, label=_("Pictures"), required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        owner: User,
        now: datetime,
        entries: list[dict[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        receive(self, "pictures", user, now, owner=owner)
        rows: Any = forms.formset_factory(
            EntryForm,
            formset=EntryRows,
            extra=min(len(entries) + SPARE_ROWS, MOST_ENTRIES),
            max_num=MOST_ENTRIES,
            validate_max=True,
        )
        # A sent row counts as it is: one that was emptied is left out, whatever it held before.
        known = None if self.is_bound else entries
        self.entries = rows(self.data if self.is_bound else None, initial=known, prefix="entry")

    def is_valid(self) -> bool:
        return super().is_valid() & self.entries.is_valid()

    @property
    def work(self) -> Work:
        typed = self.cleaned_data
        return Work(
            title=typed["title"],
            text=typed["text"],
            urgency=typed["urgency"],
            entries=[row.as_entry() for row in self.entries if row.has_changed()],
            pictures=typed["pictures"],
        )


class SendForm(forms.Form):
    """How long the customer has, and what we say with it."""

    hours = forms.TypedChoiceField(
        label=_("The customer can decide for"), choices=HOURS, coerce=int, initial=24
    )
    note = forms.CharField(
        label=_("Note for the customer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def time(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["hours"])


class DecisionForm(forms.Form):
    """Yes or no for each line."""

    APPROVE, REFUSE = "approve", "refuse"
    cents = forms.IntegerField(widget=forms.HiddenInput, required=False)
    early_start = forms.BooleanField(
        label=_("I wish that you begin before the withdrawal period of 14 days is over."), required=False
    )

    def __init__(self, *args: Any, lines: list[EstimateLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"line-{line.pk}"] = forms.ChoiceField(
                label=line.title,
                choices=[
                    (self.APPROVE, pgettext_lazy("estimate", "Order")),
                    (self.REFUSE, pgettext_lazy("estimate", "Refuse")),
                ],
                widget=forms.RadioSelect,
                error_messages={"required": _("Please decide about this.")},
            )

    @property
    def approved(self) -> list[int]:
        return [line.pk for line in self.lines if self.cleaned_data[f"line-{line.pk}"] == self.APPROVE]


class PhoneDecisionForm(DecisionForm):
    """What the customer said on the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["early_start"], self.fields["cents"]
