"""The shapes of a centre's resources, absences, closings and new times."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.rest.fields import VisibleField
from services.centres import absences
from services.models import (
    Absence,
    Appointment,
    BayType,
    Centre,
    Closure,
    ExtraOpening,
    Qualification,
    Resource,
    Shift,
    Skill,
)
from vehicles.models import VehicleModel

CHANGE_DAY = "services.change_day"
NO_CENTRE = _("There is no such service centre.")


class HeldSkillSerializer(serializers.ModelSerializer[Qualification]):
    skill = serializers.SlugRelatedField(slug_field="code", queryset=Skill.objects.all())
    valid_until = serializers.DateField(
        allow_null=True, default=None, help_text="The last day on which it counts; null: without end."
    )

    class Meta:
        model = Qualification
        fields = ["skill", "valid_until"]


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    """By the centre's wall clock; ``valid_until`` is the first day on which it no longer holds."""

    valid_from = serializers.DateField(source="valid.lower", read_only=True, allow_null=True)
    valid_until = serializers.DateField(source="valid.upper", read_only=True, allow_null=True)

    class Meta:
        model = Shift
        fields = ["weekday", "starts", "ends", "valid_from", "valid_until"]


class ResourceSerializer(serializers.ModelSerializer[Resource]):
    qualifications = HeldSkillSerializer(many=True, read_only=True)
    shifts = ShiftSerializer(many=True, read_only=True)

    class Meta:
        model = Resource
        fields = [
            "id",
            "centre",
            "kind",
            "name",
            "bay_type",
            "area",
            "travel_minutes",
            "plate",
            "car_model",
            "is_active",
            "qualifications",
            "shifts",
        ]


class ResourceWriteSerializer(serializers.Serializer[Any]):
    """What a kind does not have is left out; a colleague's account is linked on the page."""

    name = serializers.CharField(max_length=80)
    bay_type = serializers.ChoiceField(choices=BayType.choices, required=False)
    area = serializers.ListField(child=serializers.RegexField(r"^[0-9]{1,5}$"), required=False, max_length=60)
    travel_minutes = serializers.IntegerField(min_value=1, max_value=180, required=False)
    plate = serializers.CharField(max_length=12, allow_blank=True, default="")
    car_model = VisibleField(
        VehicleModel,
        lambda _user: VehicleModel.objects.all(),
        missing=_("There is no such model."),
        allow_null=True,
        default=None,
    )
    qualifications = HeldSkillSerializer(many=True, default=list)


class ResourceCreateSerializer(ResourceWriteSerializer):
    centre = VisibleField(
        Centre, lambda user: Centre.objects.staffed_by(user, "services.set_up"), missing=NO_CENTRE
    )
    kind = serializers.ChoiceField(choices=Resource.Kind.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == Resource.Kind.BAY and "bay_type" not in attrs:
            raise serializers.ValidationError({"bay_type": _("Please choose the kind of bay.")})
        return attrs


class SpanSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField(source="span.lower", read_only=True)
    ends_at = serializers.DateTimeField(source="span.upper", read_only=True)


class AbsenceSerializer(SpanSerializer, serializers.ModelSerializer[Absence]):
    class Meta:
        model = Absence
        fields = ["id", "resource", "reason", "starts_at", "ends_at", "entered_at", "cancelled_at"]


class EnteredSerializer(AbsenceSerializer):
    """With what it did to booked visits."""

    displaced = serializers.IntegerField(read_only=True)
    reassigned = serializers.IntegerField(read_only=True)

    class Meta(AbsenceSerializer.Meta):
        fields = [*AbsenceSerializer.Meta.fields, "displaced", "reassigned"]


class AbsenceCreateSerializer(serializers.Serializer[Any]):
    resource = VisibleField(
        Resource,
        lambda user: Resource.objects.filter(centre__in=Centre.objects.staffed_by(user, CHANGE_DAY)),
        missing=_("This resource was not found."),
    )
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.ChoiceField(choices=absences.reasons())


class ClosureSerializer(SpanSerializer, serializers.ModelSerializer[Closure]):
    class Meta:
        model = Closure
        fields = ["id", "centre", "reason", "name", "starts_at", "ends_at", "cancelled_at"]


class ClosureCreateSerializer(serializers.Serializer[Any]):
    centre = VisibleField(Centre, lambda user: Centre.objects.staffed_by(user, CHANGE_DAY), missing=NO_CENTRE)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.ChoiceField(choices=Closure.Reason.choices, default=Closure.Reason.OTHER)
    name = serializers.CharField(max_length=120, allow_blank=True, default="")


class ExtraOpeningSerializer(serializers.ModelSerializer[ExtraOpening]):
    """By the centre's wall clock."""

    class Meta:
        model = ExtraOpening
        fields = ["id", "centre", "day", "opens", "closes", "name", "people", "cancelled_at"]


class ExtraOpeningCreateSerializer(serializers.Serializer[Any]):
    centre = VisibleField(Centre, lambda user: Centre.objects.staffed_by(user, CHANGE_DAY), missing=NO_CENTRE)
    day = serializers.DateField()
    opens = serializers.TimeField()
    closes = serializers.TimeField()
    name = serializers.CharField(max_length=120, allow_blank=True, default="")
    people = VisibleField(
        Resource,
        lambda user: Resource.objects.filter(centre__in=Centre.objects.staffed_by(user, CHANGE_DAY)),
        missing=_("This resource was not found."),
        many=True,
        default=list,
    )


class LossSerializer(serializers.Serializer[Any]):
    """What a visit lost, and to what."""

    part = serializers.CharField(source="allocation.part", read_only=True)
    resource = serializers.IntegerField(source="allocation.resource_id", read_only=True)
    absence = serializers.IntegerField(source="absence_id", read_only=True, allow_null=True)
    closure = serializers.IntegerField(source="closure_id", read_only=True, allow_null=True)
    hours_changed = serializers.BooleanField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


class ReplanSerializer(serializers.ModelSerializer[Appointment]):
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    losses = LossSerializer(many=True, read_only=True)
    proposals = serializers.SerializerMethodField()

    class Meta:
        model = Appointment
        fields = ["id", "code", "centre", "status", "starts_at", "ends_at", "losses", "proposals"]

    def get_proposals(self, appointment: Appointment) -> list[str]:
        """The best new starts, as instants, the best first."""
        slots = self.context.get("proposals", {}).get(appointment.pk, [])
        return [slot.starts_at.isoformat() for slot in slots]


class NewTimeSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()


class MovedSerializer(serializers.Serializer[Any]):
    moved = serializers.IntegerField()
    left = serializers.IntegerField()
