"""Shapes of what happens during a visit, in the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.rest.fields import VisibleField
from documents.models import Document
from services.models import Appointment, PromiseChange, VisitMessage
from services.visits import concerned, messages
from services.visits.messages import LONGEST_TEXT, MOST_PICTURES, PICTURE


class StepSerializer(serializers.Serializer[Any]):
    """One step; ``at`` is null while it lies ahead."""

    status = serializers.ChoiceField(choices=Appointment.Status.choices)
    at = serializers.DateTimeField(allow_null=True)
    is_now = serializers.BooleanField()
    note = serializers.CharField()
    parts = serializers.CharField()
    parts_expected_on = serializers.DateField(allow_null=True)


class PromiseSerializer(serializers.ModelSerializer[PromiseChange]):
    class Meta:
        model = PromiseChange
        fields = ["promised_at", "reason", "at"]


class TimelineSerializer(serializers.Serializer[Any]):
    """``promised_before`` are the earlier promises, oldest first; ``reason`` is why the last one changed."""

    steps = StepSerializer(many=True)
    promised_at = serializers.DateTimeField(allow_null=True)
    promised_before = PromiseSerializer(many=True)
    reason = serializers.CharField()


class VisitMessageSerializer(serializers.ModelSerializer[VisitMessage]):
    documents = serializers.SerializerMethodField()

    class Meta:
        model = VisitMessage
        fields = ["id", "appointment", "from_customer", "text", "at", "read_at", "documents"]

    def get_documents(self, message: VisitMessage) -> list[int]:
        pictures: dict[int, list[int]] | None = self.context.get("pictures")
        if pictures is None:  # a single one, just written
            pictures = messages.pictures_of([message.pk])
        return pictures.get(message.pk, [])


class VisitMessageCreateSerializer(serializers.Serializer[Any]):
    appointment = VisibleField(
        Appointment,
        lambda user: concerned.readable_by(user, timezone.now()),
        missing=_("This appointment was not found."),
    )
    text = serializers.CharField(max_length=LONGEST_TEXT)
    documents = VisibleField(
        Document,
        lambda user: Document.objects.unattached(user).filter(kind=PICTURE),
        missing=_("There is no such document."),
        many=True,
        required=False,
        default=list,
        help_text=f"Up to {MOST_PICTURES} ids of documents sent before, with the kind `{PICTURE}`.",
    )
