"""The shapes of a centre's figures in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.rest.fields import VisibleField
from services.desk.figures import DAYS_AHEAD
from services.models import Centre


class FiguresQuerySerializer(serializers.Serializer[Any]):
    centre = VisibleField(
        Centre,
        lambda user: Centre.objects.staffed_by(user, "services.view_figures"),
        missing=_("There is no such service centre."),
    )
    days = serializers.IntegerField(min_value=1, max_value=92, default=DAYS_AHEAD)
    weeks = serializers.IntegerField(min_value=1, max_value=26, default=8)


class DayLoadSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    capacity_minutes = serializers.IntegerField()
    booked_minutes = serializers.IntegerField()


class WaitSerializer(serializers.Serializer[Any]):
    median_minutes = serializers.IntegerField(allow_null=True)
    cars = serializers.IntegerField()


class WeekSerializer(serializers.Serializer[Any]):
    """``monday`` is null for all weeks together."""

    monday = serializers.DateField(allow_null=True)
    promised = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="Ready by the first promise.")
    to_work = WaitSerializer(help_text="From received to in work.")
    approval = WaitSerializer()
    parts = WaitSerializer()


class FiguresSerializer(serializers.Serializer[Any]):
    load = DayLoadSerializer(many=True)
    weeks = WeekSerializer(many=True)
    total = WeekSerializer()
