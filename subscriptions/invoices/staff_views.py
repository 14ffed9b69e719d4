"""Invoices for who keeps the books: found by number or customer, with their bookings, corrected."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common import civil
from common.pages import DetailPage, FormPage, ListPage
from subscriptions.invoices import correcting, making, reading, wording
from subscriptions.invoices.forms import CreditForm
from subscriptions.invoices.views import person_of
from subscriptions.models import Invoice

VIEW = "subscriptions.keep_books"


def shown_to_staff() -> QuerySet[Invoice]:
    return Invoice.objects.issued().select_related("open_item", "account__holder", "account__organisation")


class StaffInvoices(ListPage):
    permission = VIEW
    template_name = "subscriptions/invoices/staff_invoices.html"
    context_object_name = "invoices"

    def get_queryset(self) -> QuerySet[Invoice]:
        rows, asked = shown_to_staff(), self.request.GET.get("q", "").strip()[:60]
        if asked:
            rows = rows.filter(
                Q(code__iexact=asked) | Q(account__number=asked) | Q(buyer__name__icontains=asked)
            )
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        today = civil.local_date(timezone.now())
        shown = [(each, reading.standing_of(each, today)) for each in context["page_obj"]]
        return {**context, "shown": shown, "asked": self.request.GET.get("q", "")}


class StaffInvoice(DetailPage):
    permission = VIEW
    template_name = "subscriptions/invoices/staff_invoice.html"
    context_object_name = "invoice"

    def get_queryset(self) -> QuerySet[Invoice]:
        return shown_to_staff().select_related("corrects")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        invoice: Invoice = context["invoice"]
        lines = list(invoice.lines.order_by("position"))
        credited = correcting.credited_lines(invoice)
        return {
            **context,
            "standing": reading.standing_of(invoice, civil.local_date(timezone.now())),
            "lines": [(line, wording.days_of(line.service), line.pk in credited) for line in lines],
            "taxes": wording.taxes(invoice),
            "paper": making.find_paper(invoice),
            "bookings": invoice.bookings.order_by("pk").prefetch_related("entries__ledger_account"),
            "corrections": list(invoice.corrections.issued().order_by("pk")),
            "can_credit": invoice.kind != Invoice.Kind.CREDIT and len(credited) < len(lines),
        }


class InvoiceCredit(FormPage):
    """Take an invoice back, whole or by line."""

    permission = correcting.PERMISSION
    template_name = "subscriptions/invoices/staff_credit.html"
    form_class = CreditForm
    once = True
    success_message = _("The credit note is issued and goes to the customer.")

    @cached_property
    def invoice(self) -> Invoice:
        return get_object_or_404(shown_to_staff(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        credited = correcting.credited_lines(self.invoice)
        lines = self.invoice.lines.exclude(pk__in=credited).order_by("position")
        return {**super().get_form_kwargs(), "lines": list(lines)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(invoice=self.invoice, **kwargs)

    def perform(self, form: CreditForm) -> str:
        issued = correcting.credit(
            by=person_of(self.request),
            invoice=self.invoice,
            lines=form.lines,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return reverse("subscriptions:staff-invoice", args=[issued.pk])
