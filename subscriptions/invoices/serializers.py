"""Invoices in the API: amounts in cents, days as ISO dates."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from common import civil
from subscriptions.invoices import reading
from subscriptions.models import Invoice, InvoiceLine


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    first_day = serializers.DateField(source="service.lower")
    last_day = serializers.SerializerMethodField()

    class Meta:
        model = InvoiceLine
        fields = (
            "position",
            "kind",
            "text",
            "quantity",
            "unit",
            "unit_cents",
            "amount_cents",
            "net_cents",
            "vat_code",
            "vat_rate",
            "first_day",
            "last_day",
            "contract",
        )

    def get_last_day(self, line: InvoiceLine) -> str:
        return (line.service.upper - timedelta(days=1)).isoformat()


class TaxSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    rate = serializers.DecimalField(max_digits=4, decimal_places=3)
    net_cents = serializers.IntegerField()
    tax_cents = serializers.IntegerField()


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """``state`` is how it stands today, in words; ``open_cents`` is what is still to be paid."""

    open_cents = serializers.IntegerField(source="open_item.open_cents", default=0)
    state = serializers.SerializerMethodField()
    taxes = TaxSerializer(many=True)
    lines = InvoiceLineSerializer(many=True)

    class Meta:
        model = Invoice
        fields = (
            "id",
            "code",
            "kind",
            "issued_on",
            "due_on",
            "currency",
            "is_gross",
            "net_cents",
            "tax_cents",
            "gross_cents",
            "open_cents",
            "state",
            "corrects",
            "taxes",
            "lines",
        )

    def get_state(self, invoice: Invoice) -> str:
        return reading.standing_of(invoice, civil.local_date(timezone.now())).words
