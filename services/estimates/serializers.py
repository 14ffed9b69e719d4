"""Shapes of estimates in the API. Amounts are cents; VAT is rounded once per entry."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services.estimates import reading
from services.estimates.pricing import Sum
from services.models import CostEntry, Estimate, EstimateLine


class CostEntrySerializer(serializers.ModelSerializer[CostEntry]):
    class Meta:
        model = CostEntry
        fields = ["kind", "text", "quantity", "unit_cents", "vat_percent"]


class VatSerializer(serializers.Serializer[Any]):
    percent = serializers.DecimalField(max_digits=4, decimal_places=1)
    cents = serializers.IntegerField()


class SumSerializer(serializers.Serializer[Any]):
    net_cents = serializers.IntegerField()
    vat = VatSerializer(many=True)
    gross_cents = serializers.IntegerField()


def shown_sum(total: Sum) -> dict[str, Any]:
    vat = [{"percent": rate, "cents": cents} for rate, cents in total.rates]
    return dict(SumSerializer({"net_cents": total.net, "vat": vat, "gross_cents": total.gross}).data)


class EstimateLineSerializer(serializers.ModelSerializer[EstimateLine]):
    entries = CostEntrySerializer(many=True)
    sum = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()

    class Meta:
        model = EstimateLine
        fields = ["id", "title", "text", "urgency", "decision", "done_at", "entries", "sum", "documents"]

    @extend_schema_field(SumSerializer)
    def get_sum(self, line: EstimateLine) -> dict[str, Any]:
        return shown_sum(reading.pricing.sum_of_line(line))

    def get_documents(self, line: EstimateLine) -> list[int]:
        pictures: dict[int, list[Any]] = self.context["pictures"]
        return [picture.pk for picture in pictures.get(line.pk, [])]


class EstimateSerializer(serializers.ModelSerializer[Estimate]):
    lines = EstimateLineSerializer(many=True)
    sum = serializers.SerializerMethodField()
    ordered = serializers.SerializerMethodField(help_text="Of the approved lines.")

    class Meta:
        model = Estimate
        fields = [
            "id",
            "appointment",
            "number",
            "state",
            "note",
            "sent_at",
            "expires_at",
            "decided_at",
            "decided_through",
            "lines",
            "sum",
            "ordered",
            "version",
        ]

    @extend_schema_field(SumSerializer)
    def get_sum(self, estimate: Estimate) -> dict[str, Any]:
        return shown_sum(reading.pricing.sum_of(estimate.lines.all()))

    @extend_schema_field(SumSerializer)
    def get_ordered(self, estimate: Estimate) -> dict[str, Any]:
        approved = [line for line in estimate.lines.all() if line.decision == reading.Decision.APPROVED]
        return shown_sum(reading.pricing.sum_of(approved))


class ApproveSerializer(serializers.Serializer[Any]):
    """The lines that are ordered; all others are refused. Show the button with "Zahlungspflichtig
    beauftragen" or words as clear (BGB §312j(3))."""

    lines = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=30)
    cents = serializers.IntegerField(
        min_value=0, help_text="The gross sum of these lines as it was shown; another sum is a 409."
    )
    early_start = serializers.BooleanField(
        default=False, help_text="The express wish that we begin within the 14 days (BGB §357a(2))."
    )


class ByPhoneSerializer(serializers.Serializer[Any]):
    """The lines that the customer ordered on the phone; all others are refused. Empty: none."""

    lines = serializers.ListField(child=serializers.IntegerField(), max_length=30)
