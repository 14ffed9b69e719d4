"""The shapes of what cars are due for, of recalls, and of campaigns for staff."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.rest.fields import VisibleField
from services.models import Campaign, CampaignCar, ServiceType, Upkeep


class RecallSerializer(serializers.ModelSerializer[CampaignCar]):
    """One car of a campaign, as its owner sees it."""

    code = serializers.CharField(source="campaign.code", read_only=True)
    kind = serializers.ChoiceField(source="campaign.kind", choices=Campaign.Kind.choices, read_only=True)
    authority_number = serializers.CharField(source="campaign.authority_number", read_only=True)
    title = serializers.CharField(source="campaign.title", read_only=True)
    text = serializers.CharField(source="campaign.text", read_only=True)
    do_not_drive = serializers.BooleanField(source="campaign.do_not_drive", read_only=True)
    service_type = serializers.PrimaryKeyRelatedField[ServiceType](
        source="campaign.service_type", read_only=True
    )

    class Meta:
        model = CampaignCar
        fields = [
            "id",
            "code",
            "kind",
            "authority_number",
            "title",
            "text",
            "do_not_drive",
            "vin",
            "state",
            "service_type",
            "appointment",
            "done_at",
        ]


class DueSerializer(serializers.Serializer[Any]):
    """``on`` is a civil day, ``km`` a mileage; ``recall`` the id of a recall or campaign."""

    kind = serializers.CharField()
    title = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    km = serializers.IntegerField(allow_null=True)
    overdue = serializers.BooleanField()
    do_not_drive = serializers.BooleanField()
    booked = serializers.BooleanField(source="is_booked")
    service_type = serializers.IntegerField(source="service_type.pk", default=None, allow_null=True)
    recall = serializers.IntegerField(source="campaign_car.pk", default=None, allow_null=True)


class UpkeepSerializer(serializers.ModelSerializer[Upkeep]):
    due = serializers.SerializerMethodField()

    class Meta:
        model = Upkeep
        fields = [
            "vehicle",
            "inspection_month",
            "service_due_on",
            "service_due_km",
            "warranty_until",
            "mileage_km",
            "mileage_at",
            "due",
        ]

    @extend_schema_field(DueSerializer(many=True))
    def get_due(self, kept: Upkeep) -> Any:
        return DueSerializer(self.context["due"], many=True).data


class UpkeepChangeSerializer(serializers.Serializer[Any]):
    """What is not sent stays. Owners change the first and the last, staff all; a month is its first day."""

    inspection_month = serializers.DateField(allow_null=True, required=False)
    service_due_on = serializers.DateField(allow_null=True, required=False)
    service_due_km = serializers.IntegerField(allow_null=True, required=False, min_value=0)
    warranty_until = serializers.DateField(allow_null=True, required=False)
    mileage_km = serializers.IntegerField(allow_null=True, required=False, min_value=0)


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    """With how many cars are in which state."""

    total = serializers.IntegerField(read_only=True, default=0)
    open_cars = serializers.IntegerField(read_only=True, default=0)
    booked_cars = serializers.IntegerField(read_only=True, default=0)
    done_cars = serializers.IntegerField(read_only=True, default=0)
    unreached_cars = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = Campaign
        fields = [
            "id",
            "code",
            "kind",
            "authority_number",
            "title_de",
            "title_en",
            "text_de",
            "text_en",
            "service_type",
            "do_not_drive",
            "published_at",
            "closed_at",
            "total",
            "open_cars",
            "booked_cars",
            "done_cars",
            "unreached_cars",
        ]


class CampaignWriteSerializer(serializers.ModelSerializer[Campaign]):
    service_type = VisibleField(
        ServiceType,
        lambda _user: ServiceType.objects.filter(is_active=True),
        missing=_("This service is not offered here."),
    )
    # Said by the domain, in its own words.
    code = serializers.CharField(max_length=20)

    class Meta:
        model = Campaign
        fields = [
            "code",
            "kind",
            "authority_number",
            "title_de",
            "title_en",
            "text_de",
            "text_en",
            "service_type",
            "do_not_drive",
        ]


class CampaignCarSerializer(serializers.ModelSerializer[CampaignCar]):
    class Meta:
        model = CampaignCar
        fields = ["id", "campaign", "vin", "state", "appointment", "told_at", "done_at"]


class CalendarSerializer(serializers.Serializer[Any]):
    """``address`` is empty without one. Whoever has it reads the appointments."""

    address = serializers.CharField()
    created_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
