"""One's invoices: the list, each one, and its papers."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.models import User
from common import civil
from common.errors import NotFound
from common.pages import Access, DetailPage, ListPage
from subscriptions.invoices import making, reading, wording
from subscriptions.models import Invoice


def person_of(request: HttpRequest) -> User:
    return cast(User, request.user)


class InvoiceList(ListPage):
    template_name = "subscriptions/invoices/invoice_list.html"
    context_object_name = "invoices"

    def get_queryset(self) -> QuerySet[Invoice]:
        return reading.invoices_of(person_of(self.request), year=self.year)

    @property
    def year(self) -> int | None:
        typed = self.request.GET.get("year", "")
        return int(typed) if typed.isascii() and typed.isdigit() and 1900 < int(typed) < 9999 else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user, today = person_of(self.request), civil.local_date(timezone.now())
        shown = [(invoice, reading.standing_of(invoice, today)) for invoice in context["page_obj"]]
        return {
            **context,
            "shown": shown,
            "year": self.year,
            "years": reading.years_of(user),
            "due": reading.due_of(user, today),
        }


class InvoiceDetail(DetailPage):
    template_name = "subscriptions/invoices/invoice_detail.html"
    context_object_name = "invoice"

    def get_queryset(self) -> QuerySet[Invoice]:
        return reading.invoices_of(person_of(self.request)).select_related("corrects")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        invoice: Invoice = context["invoice"]
        lines = list(invoice.lines.order_by("position"))
        return {
            **context,
            "standing": reading.standing_of(invoice, civil.local_date(timezone.now())),
            "lines": [(line, wording.quantity(line), wording.days_of(line.service)) for line in lines],
            "taxes": wording.taxes(invoice),
            "total_name": wording.total_name(invoice),
            "service": wording.days_of(invoice.service),
            "paper": making.find_paper(invoice),
            "corrections": list(invoice.corrections.issued().order_by("pk")),
        }


class _PaperOfInvoice(Access, View):
    """The kept file; another's invoice is a 404, and so is one whose paper is still being made."""

    kind = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        invoice = get_object_or_404(Invoice.objects.visible_to(person_of(request)), pk=pk)
        paper = making.find_paper(invoice, self.kind)
        if paper is None:
            raise NotFound(_("The paper is being made. Please try again in a moment."))
        return FileResponse(
            paper.file.open("rb"),
            as_attachment=paper.kind == making.XML,
            filename=paper.file_name,
            content_type=paper.media_type,
        )


class InvoicePdf(_PaperOfInvoice):
    kind = making.PDF


class InvoiceXml(_PaperOfInvoice):
    kind = making.XML
