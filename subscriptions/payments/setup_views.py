"""The house's bank and tax data, as a step of the set-up."""

from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import brand
from common.pages import FormPage
from subscriptions.billing.setup_views import FromSetup
from subscriptions.payments import creditors
from subscriptions.payments.forms import CreditorForm

KEEP_BOOKS = "subscriptions.keep_books"


class CreditorPage(FromSetup, FormPage):
    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/setup_creditor.html"
    form_class = CreditorForm
    once = True
    success_message = _("Bank and tax data are saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        row = creditors.current()
        if not row.iban:
            known = brand.current()
            row.name = row.name or str(known.get("legal_name", ""))[:70]
            row.vat_id = row.vat_id or str(known.get("vat_id", ""))
        return {**super().get_form_kwargs(), "instance": row}

    def perform(self, form: CreditorForm) -> str:
        creditors.change_creditor(
            by=cast(User, self.request.user),
            typed=creditors.BankAndTax(**form.cleaned_data),
            now=timezone.now(),
        )
        return reverse("subscriptions:setup-creditor")
