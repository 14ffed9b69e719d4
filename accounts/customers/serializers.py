"""Shapes of the customer file in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.customers import file, merging
from accounts.models import CustomerInvitation, CustomerMerge, User


class CustomerSerializer(serializers.ModelSerializer):
    """The head of a file."""

    name = serializers.CharField(source="display_name", read_only=True)

    class Meta:
        model = User
        fields = (
            "id",
            "standing",
            "name",
            "first_name",
            "last_name",
            "email",
            "phone",
            "language",
            "date_joined",
        )
        read_only_fields = fields


class FoundSerializer(serializers.Serializer[Any]):
    """A hit: whom, and why."""

    customer = CustomerSerializer()
    reason = serializers.CharField(source="label")
    value = serializers.CharField()
    exact = serializers.BooleanField(source="is_exact")


@extend_schema_serializer(many=False)
class FoundListSerializer(serializers.Serializer[dict[str, Any]]):
    """One page: who types more finds less."""

    results = FoundSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class EntrySerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    text = serializers.CharField()
    state = serializers.CharField()


class SectionSerializer(serializers.Serializer[file.Shown]):
    """What the caller may see of one part; ``has_more`` where ``/parts/`` has the rest."""

    name = serializers.CharField(source="section.name")
    title = serializers.CharField(source="section.label")
    entries = EntrySerializer(many=True)
    has_more = serializers.BooleanField()


class CustomerFileSerializer(serializers.Serializer[dict[str, Any]]):
    customer = CustomerSerializer()
    sections = SectionSerializer(many=True)


class HomeSerializer(serializers.Serializer[dict[str, Any]]):
    street = serializers.CharField(max_length=120)
    postcode = serializers.CharField(max_length=12)
    town = serializers.CharField(max_length=80)
    country = serializers.CharField(max_length=2, default="DE")


class CustomerCreateSerializer(serializers.Serializer[dict[str, Any]]):
    """A name, and mail or phone."""

    first_name = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=User.Language.choices, default=User.Language.GERMAN)
    address = HomeSerializer(required=False, allow_null=True, default=None)


class CustomerInviteSerializer(serializers.Serializer[dict[str, Any]]):
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class CustomerInvitationSerializer(serializers.ModelSerializer):
    class Meta:
        model = CustomerInvitation
        fields = ("id", "email", "invited_at", "expires_at")
        read_only_fields = fields


class CountSerializer(serializers.Serializer[tuple[Any, int]]):
    what = serializers.CharField(source="0")
    count = serializers.IntegerField(source="1")


class ClashSerializer(serializers.Serializer[merging.Clash]):
    words = serializers.CharField()
    blocks = serializers.BooleanField()


class MergePreviewSerializer(serializers.Serializer[merging.Preview]):
    kept = CustomerSerializer()
    gone = CustomerSerializer()
    moving = serializers.ListField(child=CountSerializer())
    staying = serializers.ListField(child=CountSerializer())
    clashes = ClashSerializer(many=True)
    choices = serializers.ListField(child=serializers.CharField())
    blocked = serializers.BooleanField()


class CustomerMergeSerializer(serializers.Serializer[dict[str, Any]]):
    """``gone`` goes into the customer of the address; ``facts_of_gone`` win over that one's."""

    gone = serializers.IntegerField()
    facts_of_gone = serializers.MultipleChoiceField(
        choices=sorted(merging.FACTS), required=False, default=set
    )


class MergedSerializer(serializers.ModelSerializer):
    class Meta:
        model = CustomerMerge
        fields = ("id", "kept", "gone", "proof", "at", "undone_at")
        read_only_fields = fields


class UndoneSerializer(serializers.Serializer[Any]):
    """``stayed`` changed since and was left as it is."""

    merge = MergedSerializer()
    stayed = serializers.ListField(child=CountSerializer())
