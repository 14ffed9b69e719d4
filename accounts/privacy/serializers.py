"""Shapes of copies and of leaving in the API."""

from typing import Any

from rest_framework import serializers

from accounts.models import Erasure, Export


class ExportSerializer(serializers.ModelSerializer):
    class Meta:
        model = Export
        fields = ("id", "state", "parts_done", "parts_total", "requested_at", "ready_at", "expires_at")
        read_only_fields = fields


class ExportRequestSerializer(serializers.Serializer[dict[str, Any]]):
    """Nothing to say: it is always all of one's own data."""


class ErasureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Erasure
        fields = ("reason", "requested_at", "due_at")
        read_only_fields = fields


class HoldSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class LeavingSerializer(serializers.Serializer[dict[str, Any]]):
    planned = ErasureSerializer(allow_null=True)
    holds = HoldSerializer(many=True)
