"""Shapes of consents in the API."""

from typing import Any

from rest_framework import serializers

from accounts.models import ConsentEntry


class ConsentSerializer(serializers.ModelSerializer):
    """One entry of the log: the receipt."""

    version = serializers.IntegerField(source="text.version", read_only=True)
    title = serializers.CharField(source="text.title", read_only=True)
    text = serializers.CharField(source="text.text", read_only=True)

    class Meta:
        model = ConsentEntry
        fields = ("id", "code", "purpose", "given", "version", "title", "text", "way", "at")


class ConsentCreateSerializer(serializers.Serializer[dict[str, Any]]):
    """``version`` is that of the text the person has read; withdrawing needs none."""

    purpose = serializers.CharField(max_length=60)
    given = serializers.BooleanField()
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["given"] and "version" not in attrs:
            raise serializers.ValidationError({"version": self.fields["version"].error_messages["required"]})
        return attrs


class ConsentPurposeSerializer(serializers.Serializer[Any]):
    """What is asked now, and how it stands with this person."""

    purpose = serializers.CharField(source="purpose.name")
    area = serializers.CharField(source="purpose.area")
    version = serializers.IntegerField(source="text.version")
    title = serializers.CharField(source="text.title")
    text = serializers.CharField(source="text.text")
    given = serializers.BooleanField()
    lapsed = serializers.BooleanField()
