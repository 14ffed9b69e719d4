"""Shape of a model in the API."""

from rest_framework import serializers

from vehicles.models import VehicleModel


class ModelSerializer(serializers.ModelSerializer[VehicleModel]):
    """A model on sale. Range by WLTP in km; price from, in cents, VAT included."""

    class Meta:
        model = VehicleModel
        fields = (
            "code",
            "name",
            "battery_kwh",
            "range_km",
            "power_kw",
            "charging_kw",
            "seats",
            "price_cents",
        )
