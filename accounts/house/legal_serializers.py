"""Shape of a legal text."""

from rest_framework import serializers

from accounts.models import LegalText


class LegalTextSerializer(serializers.ModelSerializer):
    title = serializers.CharField(source="get_kind_display", read_only=True)
    text = serializers.CharField(read_only=True, help_text="Markdown, in the language of the request.")

    class Meta:
        model = LegalText
        fields = ("kind", "title", "version", "valid_from", "published_at", "text")
        read_only_fields = fields
