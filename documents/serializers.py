"""Documents as the API shows and takes them."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from documents import registry
from documents.models import Document


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """``content_url`` answers once the state is ``ready``; ``refusal`` is a code, ``reason`` its words."""

    content_url = serializers.SerializerMethodField()
    reason = serializers.CharField(source="refusal_words", read_only=True)

    class Meta:
        model = Document
        fields = (
            "id", "kind", "state", "name", "media_type", "size", "width", "height", "sha256", "refusal",
            "reason", "created_at", "ready_at", "keep_until", "content_url",
        )  # fmt: skip
        read_only_fields = fields

    def get_content_url(self, document: Document) -> str | None:
        return reverse("api:document-content", args=[document.pk]) if document.is_ready else None


class UploadSerializer(serializers.Serializer[Any]):
    """One file as ``multipart/form-data``; ``kind`` says what it is for."""

    kind = serializers.CharField(max_length=60)
    file = serializers.FileField(allow_empty_file=True, max_length=500)
    name = serializers.CharField(max_length=160, required=False, allow_blank=True)

    def validate_kind(self, kind: str) -> str:
        if kind not in registry.upload_kinds(self.context["request"].user):
            raise serializers.ValidationError(registry.NO_SUCH_KIND)
        return kind
