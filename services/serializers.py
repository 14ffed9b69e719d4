"""The shapes of the workshop's API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.rest.fields import VisibleField
from services.booking.availability import MAX_DAYS
from services.booking.booking import NOTE_LENGTH
from services.models import Appointment, Centre, OpeningHours, ServiceType
from vehicles.models import Vehicle


class OpeningHoursSerializer(serializers.ModelSerializer[OpeningHours]):
    class Meta:
        model = OpeningHours
        fields = ["weekday", "opens", "closes"]


class CentreSerializer(serializers.ModelSerializer[Centre]):
    opening_hours = OpeningHoursSerializer(many=True, read_only=True)

    class Meta:
        model = Centre
        fields = [
            "id",
            "code",
            "name",
            "street",
            "postcode",
            "town",
            "land",
            "latitude",
            "longitude",
            "time_zone",
            "phone",
            "email",
            "cutoff_hours",
            "opening_hours",
        ]


class ServiceTypeSerializer(serializers.ModelSerializer[ServiceType]):
    name = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)

    class Meta:
        model = ServiceType
        fields = [
            "id",
            "code",
            "name",
            "text",
            "duration_minutes",
            "price_cents",
            "grid_minutes",
            "notice_hours",
            "horizon_days",
        ]


class SlotSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class SlotPageSerializer(serializers.Serializer[Any]):
    results = SlotSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class SlotQuerySerializer(serializers.Serializer[Any]):
    """``from`` is a civil day of the centre; without it, today."""

    centre = serializers.PrimaryKeyRelatedField(queryset=Centre.objects.open_to_owners())
    service_type = serializers.PrimaryKeyRelatedField(
        queryset=ServiceType.objects.filter(is_active=True, owner_may_book=True)
    )
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=14)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # "from" is a word of Python and can't be an attribute.
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    may_change_until = serializers.DateTimeField(read_only=True)
    note = serializers.SerializerMethodField()

    class Meta:
        model = Appointment
        fields = [
            "id",
            "code",
            "vehicle",
            "centre",
            "service_type",
            "starts_at",
            "ends_at",
            "status",
            "price_cents",
            "note",
            "may_change_until",
            "version",
        ]

    def get_note(self, appointment: Appointment) -> str:
        """Whoever wrote it reads it; a later owner of the car does not."""
        return appointment.note if appointment.booked_by_id == self.context["request"].user.pk else ""


class AppointmentCreateSerializer(serializers.Serializer[Any]):
    vehicle = VisibleField(
        Vehicle,
        lambda user: Vehicle.objects.usable_by(user, right="service", now=timezone.now()),
        missing=_("This car was not found."),
    )
    centre = VisibleField(
        Centre, lambda _user: Centre.objects.open_to_owners(), missing=_("There is no such service centre.")
    )
    service_type = VisibleField(
        ServiceType,
        lambda _user: ServiceType.objects.filter(is_active=True),
        missing=_("This service is not offered here."),
    )
    starts_at = serializers.DateTimeField()
    note = serializers.CharField(max_length=NOTE_LENGTH, allow_blank=True, default="")


class AppointmentMoveSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()


class AppointmentStatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=Appointment.Status.choices)
