from typing import Any

from rest_framework import serializers

from subscriptions.models import UsageRecord


class UsageRecordSerializer(serializers.ModelSerializer[UsageRecord]):
    id = serializers.CharField(source="external_id", read_only=True)
    reported_by: Any = serializers.SlugRelatedField(slug_field="code", source="source", read_only=True)
    contract: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    corrects: Any = serializers.SlugRelatedField(slug_field="external_id", read_only=True)

    class Meta:
        model = UsageRecord
        fields = ["id", "reported_by", "unit", "quantity", "used_at", "contract", "corrects", "received_at"]
        read_only_fields = fields


class UsageBatchSerializer(serializers.Serializer[Any]):
    """Each report names its ``form``: ``reading`` (id, unit, quantity, used_at, contract or vin;
    or id, quantity, used_at, corrects), ``cdr`` (OCPI 2.2.1), ``swap`` (id, used_at, contract or vin,
    energy_in_kwh, energy_out_kwh), ``rental`` (id, used_at, contract or vin, minutes, km)."""

    reports = serializers.ListField(
        child=serializers.DictField(), allow_empty=False, help_text="At most 5,000."
    )


class UsageRefusalSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(help_text="Its place in the batch, from 0.")
    id = serializers.CharField(source="external_id")
    code = serializers.CharField()
    field = serializers.CharField()
    detail = serializers.CharField()


class UsageOutcomeSerializer(serializers.Serializer[Any]):
    """Counted in readings: a swap and a rental hold two."""

    accepted = serializers.IntegerField()
    repeated = serializers.IntegerField()
    unmatched = serializers.IntegerField(help_text="Accepted, but of nobody's contract.")
    refused = UsageRefusalSerializer(many=True)


class EntitlementSerializer(serializers.Serializer[Any]):
    contract = serializers.CharField()
    unit = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The first day of the next period.")
    included = serializers.DecimalField(max_digits=14, decimal_places=3)
    used = serializers.DecimalField(max_digits=14, decimal_places=3)
    reserved = serializers.DecimalField(max_digits=14, decimal_places=3)
    left = serializers.DecimalField(max_digits=14, decimal_places=3)
    overage_cents = serializers.IntegerField(
        allow_null=True, help_text="Per unit, VAT included; null: no more can be had."
    )
