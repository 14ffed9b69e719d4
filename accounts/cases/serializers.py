"""Shapes of requests in the API: for their customer, and for the desk."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.cases import desk, queues
from accounts.cases import links as case_links
from accounts.cases.locking import LONGEST_TEXT
from accounts.cases.reading import PICTURE
from accounts.models import Case, CaseMessage, RoleGrant, User
from common.rest.fields import VisibleField
from documents.models import Document


def own_pictures(user: Any) -> Any:
    """What somebody sent to ``/api/v1/documents/`` for a request, and that belongs to nothing yet."""
    return Document.objects.unattached(user).filter(kind=PICTURE)


class DocumentsField(VisibleField):
    """Ids of documents sent before, with the kind ``accounts.case_picture``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Document, own_pictures, missing=_("There is no such document."), **kwargs)


class LinkField(serializers.CharField):
    """ "vehicles.vehicle:17" """

    def to_internal_value(self, data: Any) -> Any:
        return case_links.parse_link(super().to_internal_value(data))


class LinkSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(source="link.kind")
    object_id = serializers.IntegerField(source="link.object_id")
    title = serializers.CharField()


class CaseSerializer(serializers.ModelSerializer):
    """As the customer sees it."""

    queue_label = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "id",
            "code",
            "queue",
            "queue_label",
            "title",
            "state",
            "promised_by",
            "call_time",
            "opened_at",
            "answered_at",
            "closed_at",
        )

    def get_queue_label(self, case: Case) -> str:
        queue = queues.queue_named(case.queue)
        return str(queue.topic or queue.label)


class CaseCreateSerializer(serializers.Serializer[Any]):
    queue = serializers.CharField(max_length=60, help_text="A name from `/api/v1/cases/topics/`.")
    title = serializers.CharField(max_length=160)
    text = serializers.CharField(max_length=LONGEST_TEXT)
    phone = serializers.CharField(max_length=40, required=False, default="")
    call_time = serializers.ChoiceField(choices=Case.CallTime.choices, required=False, default="")
    links = serializers.ListField(child=LinkField(max_length=80), max_length=10, required=False, default=list)
    documents = DocumentsField(many=True, required=False, default=list)


class CaseTopicSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    topic = serializers.CharField()


class MessageSerializer(serializers.ModelSerializer):
    by = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()

    class Meta:
        model = CaseMessage
        fields: tuple[str, ...] = ("id", "kind", "from_customer", "by", "text", "at", "documents")

    def get_by(self, message: CaseMessage) -> str:
        return message.author.display_name if message.author else ""

    def get_documents(self, message: CaseMessage) -> list[int]:
        return self.context["pictures"].get(message.pk, [])


class DeskMessageSerializer(MessageSerializer):
    class Meta(MessageSerializer.Meta):
        fields = (*MessageSerializer.Meta.fields, "internal")


class MessageCreateSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_TEXT)
    documents = DocumentsField(many=True, required=False, default=list)


class VersionSerializer(serializers.Serializer[Any]):
    """``version`` as you read it: where a colleague was faster, the answer is a 409 ``case_moved_on``."""

    version = serializers.IntegerField(min_value=1)


class DeskCaseSerializer(CaseSerializer):
    """As the desk sees it."""

    customer_name = serializers.CharField(source="reach_name")

    class Meta(CaseSerializer.Meta):
        fields = (
            *CaseSerializer.Meta.fields,
            "version",
            "customer",
            "customer_name",
            "assignee",
            "has_news",
        )


class DeskMessageCreateSerializer(VersionSerializer, MessageCreateSerializer):
    waits = serializers.BooleanField(
        default=True, help_text="The customer's turn: the clock stands still until they answer."
    )


class NoteSerializer(VersionSerializer, MessageCreateSerializer):
    pass


class ColleagueField(VisibleField):
    """Somebody of our team; whether they work on the queue is decided with the request."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User, _colleagues, missing=_("There is no such person in our team."), **kwargs)


def _colleagues(user: Any) -> QuerySet[User]:
    held = RoleGrant.objects.in_force().values("user_id")
    return User.objects.filter(is_active=True, pk__in=held)


class AssignSerializer(VersionSerializer):
    assignee = ColleagueField(allow_null=True, help_text="Who works on the queue, or null for nobody.")


class HandOverSerializer(VersionSerializer):
    reason = serializers.CharField(max_length=LONGEST_TEXT)
    queue = serializers.CharField(max_length=60, required=False, default="")
    assignee = ColleagueField(allow_null=True, required=False, default=None)


class PromiseSerializer(VersionSerializer):
    promised_by = serializers.DateTimeField()


class CloseSerializer(VersionSerializer):
    summary = serializers.CharField(max_length=LONGEST_TEXT)


class ReopenSerializer(VersionSerializer):
    reason = serializers.CharField(max_length=LONGEST_TEXT)


class MergeSerializer(VersionSerializer):
    into = VisibleField(Case, desk.cases_of, missing=_("There is no such request."))
