"""Invoices in the API: twins of the pages."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from common.errors import NotFound
from common.rest.views import ReadViewSet
from subscriptions.invoices import making, reading
from subscriptions.invoices.serializers import InvoiceSerializer
from subscriptions.models import Invoice


class InvoiceFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(
        field_name="issued_on", lookup_expr="year", min_value=1900, max_value=9998
    )

    class Meta:
        model = Invoice
        fields = ["kind"]


class InvoiceViewSet(ReadViewSet):
    """The caller's invoices, newest first, with their lines."""

    queryset = Invoice.objects.none()
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter

    def get_queryset(self) -> QuerySet[Invoice]:
        if getattr(self, "swagger_fake_view", False):
            return Invoice.objects.none()
        return reading.invoices_of(self.request.user).prefetch_related("lines")

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True)
    def pdf(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """The PDF/A-3 with the EN 16931 XML inside."""
        return self._paper(making.PDF)

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY})
    @action(detail=True)
    def xml(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """The invoice for programs: EN 16931 in CII syntax."""
        return self._paper(making.XML)

    def _paper(self, kind: str) -> HttpResponseBase:
        paper = making.find_paper(self.get_object(), kind)
        if paper is None:
            raise NotFound(
                _("The paper is being made. Please try again in a moment."), code="paper_not_ready"
            )
        return FileResponse(
            paper.file.open("rb"),
            as_attachment=paper.kind == making.XML,
            filename=paper.file_name,
            content_type=paper.media_type,
        )
