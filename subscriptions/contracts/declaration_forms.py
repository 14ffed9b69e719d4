"""What cancelling and withdrawing may ask, and the desk's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from subscriptions.contracts.forms import DateInput
from subscriptions.models import Contract, Declaration


class DeclarationForm(forms.Form):
    """Who withdraws from which contract; the least that the law lets us ask (BGB §356a(2))."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    contract_hint = forms.CharField(
        label=_("Which contract?"),
        max_length=200,
        help_text=_("The contract number, if you have it at hand; otherwise the subscription and the car."),
    )
    email = forms.EmailField(
        label=_("E-mail for the confirmation"), widget=forms.EmailInput({"autocomplete": "email"})
    )


class CancellationForm(DeclarationForm):
    """What BGB §312k(2) lists: kind and reason, who, which contract, when, confirmation."""

    manner = forms.ChoiceField(
        label=_("Kind of cancellation"),
        choices=Declaration.Manner.choices,
        initial=Declaration.Manner.ORDINARY,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Only needed for a cancellation for cause."),
    )
    wished_end = forms.DateField(
        label=_("When should it end?"),
        required=False,
        widget=DateInput(),
        help_text=_("Leave empty for as soon as possible."),
    )

    field_order = ("manner", "reason", "name", "contract_hint", "wished_end", "email")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("manner") == Declaration.Manner.EXTRAORDINARY and not cleaned.get("reason"):
            self.add_error("reason", _("Please say why you cancel for cause."))
        return cleaned


class AnswerForm(forms.Form):
    """How the desk closes a declaration."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Seen by colleagues only."),
    )


def initial_declaration(contract: Contract | None, user: Any) -> dict[str, Any]:
    if not user.is_authenticated:
        return {}
    hint = f"{contract.code} ({contract.plan})" if contract else ""
    return {"name": user.display_name, "email": user.email, "contract_hint": hint}
