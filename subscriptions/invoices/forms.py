"""What is typed about an invoice."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.money import format_money
from subscriptions.invoices import correcting
from subscriptions.models import InvoiceLine


class CreditForm(forms.Form):
    """Which lines are taken back, and why."""

    chosen = forms.MultipleChoiceField(label=_("What is taken back"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Why"), help_text=_("The customer reads it."), max_length=correcting.REASON_LENGTH
    )

    def __init__(self, *args: Any, lines: Sequence[InvoiceLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(line.pk), f"{line.text} · {format_money(line.amount_cents)}") for line in lines]
        field = self.fields["chosen"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices
        field.initial = [value for value, _label in choices]

    @property
    def lines(self) -> list[int]:
        return [int(value) for value in self.cleaned_data["chosen"]]
