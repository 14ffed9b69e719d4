"""The shapes of the board. Instants carry the centre's offset: a client draws its wall clock."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.rest.fields import VisibleField
from services.desk.board import LENGTHS, Bar, Board
from services.desk.rows import Row
from services.models import Allocation, Appointment, Centre, Resource


class BoardQuerySerializer(serializers.Serializer[Any]):
    """``from`` is a civil day of the centre; without it, today."""

    centre = VisibleField(
        Centre,
        lambda user: Centre.objects.staffed_by(user, "services.view_day"),
        missing=_("There is no such service centre."),
    )
    days = serializers.ChoiceField(choices=[(length, str(length)) for length in LENGTHS], default=1)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # "from" is a word of Python and can't be an attribute.
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


class BoardRowSerializer(serializers.Serializer[Row]):
    id = serializers.IntegerField(source="resource.pk")
    kind = serializers.ChoiceField(source="resource.kind", choices=Resource.Kind.choices)
    name = serializers.CharField(source="resource.name")
    words = serializers.CharField(help_text="What it can do, or why it is away.")
    away = serializers.BooleanField()


class BoardBreakSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    off = serializers.BooleanField(help_text="Off shift; otherwise away or closed.")
    words = serializers.CharField()


class StretchSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class BoardBarSerializer(serializers.Serializer[Bar]):
    """One resource taken for one visit; ``row`` is null where nobody does it yet."""

    key = serializers.CharField()
    row = serializers.IntegerField(allow_null=True)
    visit = serializers.IntegerField(source="visit.pk")
    code = serializers.CharField(source="visit.code")
    status = serializers.ChoiceField(source="visit.status", choices=Appointment.Status.choices)
    status_name = serializers.CharField(source="visit.get_status_display")
    job = serializers.IntegerField(source="job.position", default=0)
    part = serializers.ChoiceField(choices=Allocation.Part.choices)
    part_name = serializers.SerializerMethodField()
    service_type = serializers.SerializerMethodField()
    work = serializers.CharField()
    bay_type = serializers.SerializerMethodField()
    car = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    planned = serializers.SerializerMethodField(help_text="The job's own time, without buffers.")
    visit_starts_at = serializers.DateTimeField(source="visit.starts_at")
    actual = StretchSerializer(many=True)
    running = serializers.BooleanField()
    overrun_minutes = serializers.SerializerMethodField()
    warned = serializers.BooleanField()
    may_move = serializers.BooleanField()
    may_change_hands = serializers.BooleanField()

    def get_part_name(self, bar: Bar) -> str:
        return str(Allocation.Part(bar.part).label)

    def get_service_type(self, bar: Bar) -> int:
        return (bar.job or bar.visit).service_type_id

    def get_bay_type(self, bar: Bar) -> str:
        return (bar.job or bar.visit).service_type.bay_type

    def get_planned(self, bar: Bar) -> dict[str, str]:
        held = bar.job or bar
        moment = serializers.DateTimeField()
        return {
            "starts_at": moment.to_representation(held.starts_at),
            "ends_at": moment.to_representation(held.ends_at),
        }

    def get_overrun_minutes(self, bar: Bar) -> int:
        return int(bar.overrun.total_seconds() // 60)


class BoardVisitSerializer(serializers.Serializer[Appointment]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    status = serializers.ChoiceField(choices=Appointment.Status.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class BoardSerializer(serializers.Serializer[Board]):
    centre = serializers.IntegerField(source="centre.pk")
    first_day = serializers.DateField()
    days = serializers.IntegerField()
    now = serializers.DateTimeField()
    opens = serializers.TimeField()
    closes = serializers.TimeField()
    rows = BoardRowSerializer(many=True)
    breaks = BoardBreakSerializer(many=True)
    bars = BoardBarSerializer(many=True)
    open_work = BoardBarSerializer(many=True)
    in_house = BoardVisitSerializer(many=True)
    approvals = BoardVisitSerializer(many=True)


class VisitPlaceSerializer(serializers.Serializer[Any]):
    """Another start of the visit, another resource for one part of it, or both.

    A start without an offset is the centre's wall clock.
    """

    starts_at = serializers.DateTimeField(required=False)
    job = serializers.IntegerField(min_value=0, max_value=20, default=0, help_text="0: the whole visit.")
    part = serializers.ChoiceField(choices=Allocation.Part.choices, required=False)
    resource = serializers.IntegerField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("resource" in attrs) != ("part" in attrs):
            raise serializers.ValidationError(
                {"resource": _("A part and a resource go together.")}, code="required"
            )
        return attrs


class PlacedSerializer(serializers.Serializer[Appointment]):
    id = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    version = serializers.IntegerField()
