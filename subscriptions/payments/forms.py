"""Shapes of what people type about paying: shape only."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.fields import SignatureField
from subscriptions.models import Creditor, Invoice


class CreditorForm(forms.ModelForm):
    """Whether the numbers can be right is for ``creditors.change_creditor`` to say."""

    class Meta:
        model = Creditor
        fields = (
            "name",
            "iban",
            "bic",
            "creditor_id",
            "tax_number",
            "vat_id",
            "payment_days",
            "prenotice_days",
            "reminder_fee_cents",
            "business_fee_cents",
            "datev_adviser",
            "datev_client",
        )
        help_texts = {
            "name": _("As the bank has it; it shows on statements of your customers."),
            "bic": _("Empty: found by the IBAN where the bank is known."),
            "creditor_id": _("From the Bundesbank; without it there is no direct debit."),
            "tax_number": _("This or the VAT id stands on every invoice (UStG §14(4) no. 2)."),
            "prenotice_days": _("Each direct debit is announced so many days before; mandates say it."),
            "reminder_fee_cents": _(
                "Paper and postage only, at most 500: courts allow no more (BGH VIII ZR 95/18). "
                "The first reminder is always free."
            ),
            "business_fee_cents": _(
                "Once per invoice and from organisations only, at most 4000 (BGB §288(5))."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "iban"):
            self.fields[name].required = True
        self.fields["iban"].widget.attrs["autocomplete"] = "off"

    def validate_constraints(self) -> None:
        """The domain function names the field and says it in words."""


class MandateForm(forms.Form):
    debtor = forms.CharField(
        label=_("Account holder"), max_length=70, widget=forms.TextInput({"autocomplete": "name"})
    )
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=42,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
        help_text=_("It is on your bank card and on every statement."),
    )
    signer_name = forms.CharField(
        label=_("Your full name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    strokes = SignatureField(label=_("Your signature"))


class NothingForm(forms.Form):
    """Only a button."""


class StatementForm(forms.Form):
    file = forms.FileField(
        label=_("Statement"),
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
        help_text=_("camt.053 or camt.054 as XML, up to 5 MB. Nothing is booked before you have looked."),
    )


class AssignForm(forms.Form):
    invoice = forms.CharField(label=_("Invoice number"), max_length=32)

    def clean_invoice(self) -> Invoice:
        """Numbers as people type them; what is too much stays with the customer."""
        found = Invoice.objects.issued().filter(code__iexact=self.cleaned_data["invoice"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no invoice with this number."), code="invoice_unknown")
        return found


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Such as a complaint, or instalments that were agreed. The customer does not see it."),
    )


class RefundForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount in euros"), min_value=Decimal("0.01"), max_digits=11, decimal_places=2, localize=True
    )
    reason = forms.CharField(label=_("Why"), max_length=200)

    def clean_amount(self) -> int:
        """Cents."""
        return int(self.cleaned_data["amount"] * 100)
