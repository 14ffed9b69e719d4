"""Shapes of packs in the API."""

from typing import Any

from rest_framework import serializers

from subscriptions.models import Pack, PackHealth, PackSettlement
from subscriptions.packs import settling


class HealthSerializer(serializers.ModelSerializer[PackHealth]):
    class Meta:
        model = PackHealth
        fields = ("percent", "cycles", "measured_at")


class PackSerializer(serializers.ModelSerializer[Pack]):
    """A battery with its measurements, newest first."""

    healths = HealthSerializer(many=True, read_only=True)

    class Meta:
        model = Pack
        fields = ("id", "serial", "passport", "capacity_kwh", "chemistry", "made_on", "healths")
        read_only_fields = fields


class FitSerializer(serializers.Serializer[Any]):
    vin = serializers.CharField(min_length=17, max_length=17)


class MeasureSerializer(serializers.Serializer[Any]):
    percent = serializers.DecimalField(max_digits=4, decimal_places=1)
    cycles = serializers.IntegerField(min_value=0, max_value=100_000, required=False)
    measured_at = serializers.DateTimeField()


class SettlementSerializer(serializers.ModelSerializer[PackSettlement]):
    """What becomes of the pack of an ended contract. ``buy_out_cents`` is today's price, gross."""

    code = serializers.CharField(source="contract.code", read_only=True)
    buy_out_cents = serializers.SerializerMethodField()

    class Meta:
        model = PackSettlement
        fields = (
            "id",
            "contract",
            "code",
            "pack",
            "manner",
            "price_cents",
            "buy_out_cents",
            "visit_code",
            "opened_at",
            "settled_at",
        )
        read_only_fields = fields

    def get_buy_out_cents(self, settlement: PackSettlement) -> int | None:
        if settlement.manner != PackSettlement.Manner.OPEN or settlement.pack is None:
            return None
        return settling.price_of(contract=settlement.contract, pack=settlement.pack)


class BuySerializer(serializers.Serializer[Any]):
    shown_cents = serializers.IntegerField(min_value=0, help_text="As buy_out_cents said it.")


class ReturnSerializer(serializers.Serializer[Any]):
    visit = serializers.CharField(max_length=16)


class SettleSerializer(serializers.Serializer[Any]):
    manner = serializers.ChoiceField(
        choices=[PackSettlement.Manner.RETURNED.value, PackSettlement.Manner.LOST.value]
    )
