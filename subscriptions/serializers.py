"""Shapes of the plans in the API."""

from typing import Any

from rest_framework import serializers

from subscriptions.models import UNITS, Plan


class AllowanceSerializer(serializers.Serializer[Any]):
    unit = serializers.ChoiceField(choices=UNITS)
    included = serializers.IntegerField()
    overage_cents = serializers.IntegerField(
        required=False, help_text="Cents per unit beyond; absent: none sold."
    )


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """A plan with the version that is on sale today in Berlin. Prices include VAT."""

    plan_version = serializers.IntegerField(source="version_id")
    name = serializers.CharField()
    text = serializers.CharField()
    price_cents = serializers.IntegerField()
    currency = serializers.CharField()
    period_months = serializers.IntegerField()
    vat_rate = serializers.DecimalField(max_digits=4, decimal_places=3)
    term_months = serializers.IntegerField()
    notice_months = serializers.IntegerField()
    allowances = AllowanceSerializer(many=True)

    class Meta:
        model = Plan
        fields = (
            "id",
            "code",
            "kind",
            "name",
            "text",
            "plan_version",
            "price_cents",
            "currency",
            "period_months",
            "vat_rate",
            "term_months",
            "notice_months",
            "allowances",
        )
