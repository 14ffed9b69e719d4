"""Shapes of claims in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.rest.fields import VisibleField
from documents.models import Document
from vehicles.claims import DOCUMENT_KIND, WORDS_LENGTH
from vehicles.models import OwnershipClaim


class OwnershipClaimSerializer(serializers.ModelSerializer):
    """A claim as a party sees it: nobody learns who the other side is."""

    role = serializers.SerializerMethodField(help_text="Which side the caller is on.")

    class Meta:
        model = OwnershipClaim
        fields = [
            "id",
            "code",
            "vin",
            "state",
            "role",
            "claimed_at",
            "objection_until",
            "owner_answer",
            "closed_at",
        ]

    @extend_schema_field(serializers.ChoiceField(["claimant", "recorded_owner", "desk"]))
    def get_role(self, claim: OwnershipClaim) -> str:
        user = self.context["request"].user
        if claim.claimant_id == user.pk:
            return "claimant"
        return "recorded_owner" if claim.has_owner_side(user) else "desk"


def received_registrations(user: Any) -> Any:
    return Document.objects.unattached(user).filter(kind=DOCUMENT_KIND)


class ClaimByRegistrationSerializer(serializers.Serializer):
    vin = serializers.CharField(max_length=40)
    document = VisibleField(
        Document,
        received_registrations,
        missing=_("There is no such upload. Please send the document again."),
        help_text="An upload of the kind vehicles.registration (POST /documents/).",
    )


class ObjectionSerializer(serializers.Serializer):
    words = serializers.CharField(max_length=WORDS_LENGTH)


class VerdictSerializer(serializers.Serializer):
    grants = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
