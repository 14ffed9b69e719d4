"""The shapes of the workshop's API."""

from typing import Any

from rest_framework import serializers

from services.models import Appointment, Centre, OpeningHours, ServiceType


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


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    may_change_until = serializers.DateTimeField(read_only=True)
    note = serializers.SerializerMethodField()
    service_types = serializers.SerializerMethodField()

    class Meta:
        model = Appointment
        fields = [
            "id",
            "code",
            "vehicle",
            "centre",
            "service_type",
            "service_types",
            "way",
            "loan_car",
            "starts_at",
            "ends_at",
            "promised_at",
            "status",
            "price_cents",
            "note",
            "may_change_until",
            "version",
        ]

    def get_service_types(self, appointment: Appointment) -> list[int]:
        """All jobs, in order; ``service_type`` is the first, after which the visit is named."""
        return [job.service_type_id for job in appointment.jobs.all()]

    def get_note(self, appointment: Appointment) -> str:
        """Whoever wrote it reads it; a later owner of the car does not."""
        return appointment.note if appointment.booked_by_id == self.context["request"].user.pk else ""


class AppointmentMoveSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()


class AppointmentStatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=Appointment.Status.choices)
    note = serializers.CharField(
        max_length=300, allow_blank=True, default="", help_text="The customer reads it."
    )
    parts = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="What is missing; with waiting_parts."
    )
    parts_expected_on = serializers.DateField(allow_null=True, default=None)


class VisitPromiseSerializer(serializers.Serializer[Any]):
    promised_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200, help_text="The customer reads it.")


class HandBackSerializer(serializers.Serializer[Any]):
    done = serializers.CharField(max_length=300, help_text="What was done; the customer reads it.")
    looked = serializers.BooleanField(help_text="The car was looked over with the customer.")
    payers = serializers.DictField(
        child=serializers.ChoiceField(choices=["customer", "warranty", "goodwill"]),
        default=dict,
        help_text="Who bears which position; the customer, where nothing is said.",
    )
