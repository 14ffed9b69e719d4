"""Mandates and payments in the API: account numbers end in dots, amounts are cents."""

from typing import Any

from rest_framework import serializers

from subscriptions.models import Mandate, Payment


class MandateSerializer(serializers.ModelSerializer[Mandate]):
    iban = serializers.CharField(source="masked_iban")
    active = serializers.SerializerMethodField()

    class Meta:
        model = Mandate
        fields = (
            "id",
            "reference",
            "account",
            "scheme",
            "debtor",
            "iban",
            "bic",
            "signed_at",
            "last_used_on",
            "revoked_at",
            "active",
        )

    def get_active(self, mandate: Mandate) -> bool:
        return mandate.revoked_at is None


class SignMandateSerializer(serializers.Serializer[Any]):
    """``strokes`` as drawn on the screen, ``[[[x, y, ms], …], …]`` in thousandths of the field; without
    them the typed name counts as signature."""

    account = serializers.IntegerField(required=False, help_text="Absent: one's own.")
    debtor = serializers.CharField(max_length=70)
    iban = serializers.CharField(max_length=42)
    signer_name = serializers.CharField(max_length=120)
    strokes = serializers.JSONField(required=False, allow_null=True)


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    class Meta:
        model = Payment
        fields = (
            "id",
            "account",
            "method",
            "state",
            "cents",
            "currency",
            "mandate",
            "invoice",
            "collect_on",
            "received_on",
            "reason",
            "created_at",
        )
