"""Shapes of the garage in the API."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation
from common.rest.fields import VisibleField
from documents.models import Document
from vehicles import garage_sharing
from vehicles.models import GarageShare, Share, Transfer, Vehicle, VehicleModel
from vehicles.ownership import PHOTO_KIND

RIGHTS = list(Share.Right.values)


class VehicleModelSerializer(serializers.ModelSerializer):
    class Meta:
        model = VehicleModel
        fields = ["code", "name", "battery_kwh", "range_km"]


class VehicleSerializer(serializers.ModelSerializer):
    """A car as the caller sees it: what they may do with it, and until when."""

    vin = serializers.SerializerMethodField(help_text="Left out for shared access without insight.")
    model = VehicleModelSerializer()
    owned = serializers.BooleanField(source="is_mine")
    organisation = serializers.CharField(
        source="fleet_name", allow_null=True, help_text="The name of the organisation that owns it."
    )
    rights = serializers.SerializerMethodField()
    until = serializers.DateTimeField(source="my_until", allow_null=True)
    photo_url = serializers.SerializerMethodField()

    class Meta:
        model = Vehicle
        fields = [
            "id",
            "vin",
            "plate",
            "nickname",
            "colour",
            "model",
            "first_registered",
            "owned",
            "organisation",
            "rights",
            "until",
            "photo_url",
        ]

    def get_vin(self, vehicle: Any) -> str | None:
        return vehicle.vin if vehicle.is_mine or vehicle.my_scope == Share.Scope.FULL else None

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Share.Right.choices)))
    def get_rights(self, vehicle: Any) -> list[str]:
        return RIGHTS if vehicle.is_mine else vehicle.my_rights

    def get_photo_url(self, vehicle: Vehicle) -> str | None:
        return reverse("api:document-content", args=[vehicle.photo_id]) if vehicle.picture_path else None


class RunOrganisationField(VisibleField):
    """An organisation that the caller runs."""

    def __init__(self, **kwargs: Any) -> None:
        missing = _("You do not act for such an organisation.")
        super().__init__(Organisation, Organisation.objects.run_by, missing=missing, **kwargs)


class HolderSerializer(serializers.Serializer):
    """For whom; nobody named means oneself."""

    organisation = RunOrganisationField(required=False, allow_null=True)


class AccessSerializer(serializers.Serializer):
    """What PATCH takes; rights, scope and end are set anew."""

    rights = serializers.ListField(child=serializers.ChoiceField(Share.Right.choices), allow_empty=False)
    scope = serializers.ChoiceField(Share.Scope.choices, default=Share.Scope.BASIC)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ClaimSerializer(serializers.Serializer):
    vin = serializers.CharField(max_length=40)
    code = serializers.CharField(max_length=40)
    plate = serializers.CharField(max_length=20, required=False, allow_blank=True)
    nickname = serializers.CharField(max_length=40, required=False, allow_blank=True)
    organisation = RunOrganisationField(required=False, allow_null=True)


class VehicleChangeSerializer(serializers.Serializer):
    plate = serializers.CharField(max_length=20, required=False, allow_blank=True)
    nickname = serializers.CharField(max_length=40, required=False, allow_blank=True)
    photo = VisibleField(
        Document,
        lambda user: Document.objects.unattached(user).filter(kind=PHOTO_KIND),
        missing=_("There is no such document, or it is not yours."),
        required=False,
        allow_null=True,
        help_text=f"The id of a document of kind ``{PHOTO_KIND}`` that you sent; null erases the photo.",
    )


class ShareSerializer(serializers.ModelSerializer):
    """Access to a car. ``since`` is empty until the invitation is accepted."""

    since = serializers.SerializerMethodField()
    given = serializers.SerializerMethodField(help_text="Whether the caller gave it.")
    email = serializers.SerializerMethodField(help_text="Told to the giver only.")
    rights = serializers.ListField(child=serializers.ChoiceField(Share.Right.choices))

    class Meta:
        model = Share
        fields = [
            "id",
            "vehicle",
            "organisation",
            "garage",
            "given",
            "email",
            "rights",
            "scope",
            "until",
            "since",
            "invited_at",
            "expires_at",
            "outcome",
        ]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_since(self, share: Share) -> str | None:
        return share.period.lower.isoformat() if share.period else None

    def get_given(self, share: Share) -> bool:
        # Whoever sees a share and neither holds it nor is invited to it gave it, or their organisation.
        user = self.context["request"].user
        return share.user_id != user.pk and not (share.user_id is None and share.email == user.email)

    def get_email(self, share: Share) -> str | None:
        return share.email if self.get_given(share) else None


class OwnVehicleField(VisibleField):
    """A car that the caller owns now."""

    def __init__(self, **kwargs: Any) -> None:
        missing = _("There is no such car in your garage.")
        super().__init__(Vehicle, _owned, missing=missing, **kwargs)


def _owned(user: Any) -> QuerySet[Vehicle]:
    return Vehicle.objects.owned_by(user, timezone.now())


class InviteSerializer(serializers.Serializer):
    vehicle = OwnVehicleField()
    email = serializers.CharField(max_length=254)
    rights = serializers.ListField(child=serializers.ChoiceField(Share.Right.choices), allow_empty=False)
    scope = serializers.ChoiceField(Share.Scope.choices, default=Share.Scope.BASIC)
    until = serializers.DateTimeField(required=False, allow_null=True)


class GarageShareSerializer(serializers.Serializer):
    vehicles = serializers.ListField(child=OwnVehicleField(), allow_empty=False, max_length=20)
    email = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(garage_sharing.CHOICES)
    scope = serializers.ChoiceField(Share.Scope.choices, default=Share.Scope.BASIC)
    until = serializers.DateTimeField(required=False, allow_null=True)


class WholeGarageSerializer(serializers.ModelSerializer):
    """Access to all cars of a person, later ones too. ``accepted_at`` is empty while it is an invitation."""

    given = serializers.SerializerMethodField(help_text="Whether the caller gave it.")
    email = serializers.SerializerMethodField(help_text="Told to the giver only.")
    rights = serializers.ListField(child=serializers.ChoiceField(Share.Right.choices))

    class Meta:
        model = GarageShare
        fields = [
            "id",
            "given",
            "email",
            "rights",
            "scope",
            "until",
            "invited_at",
            "expires_at",
            "accepted_at",
            "outcome",
        ]

    def get_given(self, garage: GarageShare) -> bool:
        return bool(garage.given_by_id == self.context["request"].user.pk)

    def get_email(self, garage: GarageShare) -> str | None:
        return garage.email if self.get_given(garage) else None


class ShareWholeGarageSerializer(serializers.Serializer):
    email = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(garage_sharing.CHOICES)
    scope = serializers.ChoiceField(Share.Scope.choices, default=Share.Scope.BASIC)
    until = serializers.DateTimeField(required=False, allow_null=True)


class TransferSerializer(serializers.ModelSerializer):
    """An offer of a car. ``offered`` tells whether the caller made it."""

    offered = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField(help_text="Told to the owner who offers only.")

    class Meta:
        model = Transfer
        fields = ["id", "vehicle", "offered", "email", "state", "offered_at", "expires_at", "closed_at"]

    def get_offered(self, transfer: Transfer) -> bool:
        user = self.context["request"].user
        if transfer.organisation_id is None:
            return transfer.offered_by_id == user.pk
        return transfer.answered_by_id != user.pk and transfer.email != user.email

    def get_email(self, transfer: Transfer) -> str | None:
        return transfer.email if self.get_offered(transfer) else None


class OfferSerializer(serializers.Serializer):
    vehicle = OwnVehicleField()
    email = serializers.CharField(max_length=254)
