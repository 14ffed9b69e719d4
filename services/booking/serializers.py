"""The shapes of free times, kept times and bookings in the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.rest.fields import VisibleField
from documents.models import Document
from services.booking.availability import MAX_DAYS
from services.booking.booking import NOTE_LENGTH
from services.booking.pictures import MOST_PICTURES, PICTURE
from services.booking.plans import MOST_JOBS
from services.booking.symptoms import LONGEST_ANSWER
from services.models import Appointment, Centre, Hold, ServiceType, WaitlistEntry, Way
from vehicles.models import Vehicle


class SlotSerializer(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    centre = serializers.IntegerField(required=False, help_text=_("With near only."))
    km = serializers.FloatField(required=False, help_text=_("With near only."))


class SlotPageSerializer(serializers.Serializer[Any]):
    results = SlotSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class NearField(serializers.CharField):
    """``53.56,9.95``: degrees (WGS 84), north and east."""

    default_error_messages = {"place": _("Please give latitude and longitude, such as 53.56,9.95.")}

    def to_internal_value(self, data: Any) -> Any:
        north, _comma, east = super().to_internal_value(data).partition(",")
        try:
            latitude, longitude = float(north), float(east)
        except ValueError:
            self.fail("place")
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            self.fail("place")
        return latitude, longitude


class SlotQuerySerializer(serializers.Serializer[Any]):
    """``from`` is a civil day of the centre; without it, today. Either a centre or a place is named."""

    centre = serializers.PrimaryKeyRelatedField(queryset=Centre.objects.open_to_owners(), required=False)
    near = NearField(required=False, max_length=60)
    service_types = serializers.PrimaryKeyRelatedField(
        queryset=ServiceType.objects.bookable_by_owners(), many=True, allow_empty=False
    )
    way = serializers.ChoiceField(choices=Way.choices, default=Way.BRING)
    loan_car = serializers.BooleanField(default=False)
    postcode = serializers.CharField(max_length=5, default="", allow_blank=True)
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=14)
    appointment = VisibleField(
        Appointment,
        lambda user: Appointment.objects.visible_to(user, timezone.now()),
        missing=_("This appointment was not found."),
        required=False,
        default=None,
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # "from" is a word of Python and can't be an attribute.
        return {**super().get_fields(), "from": serializers.DateField(required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("centre" in attrs) == ("near" in attrs):
            raise serializers.ValidationError({"centre": [_("Please name a centre, or a place near it.")]})
        return attrs


class AddressSerializer(serializers.Serializer[Any]):
    """Where we fetch the car or come to."""

    street = serializers.CharField(max_length=120)
    postcode = serializers.CharField(max_length=5)
    town = serializers.CharField(max_length=80)


class _SubjectSerializer(serializers.Serializer[Any]):
    """The car (none for a test drive), the centre, and what is to be done in which way."""

    vehicle = VisibleField(
        Vehicle,
        lambda user: Vehicle.objects.usable_by(user, right="service", now=timezone.now()),
        missing=_("This car was not found."),
        required=False,
        allow_null=True,
        default=None,
    )
    centre = VisibleField(
        Centre, lambda _user: Centre.objects.open_to_owners(), missing=_("There is no such service centre.")
    )
    service_types = VisibleField(
        ServiceType,
        lambda _user: ServiceType.objects.filter(is_active=True),
        missing=_("This service is not offered here."),
        many=True,
        allow_empty=False,
    )
    way = serializers.ChoiceField(choices=Way.choices, default=Way.BRING)
    loan_car = serializers.BooleanField(default=False)
    starts_at = serializers.DateTimeField()

    def validate_service_types(self, value: list[ServiceType]) -> list[ServiceType]:
        if len(value) > MOST_JOBS:
            raise serializers.ValidationError(_("That is too much for one day."))
        return value


class KeptTimeCreateSerializer(_SubjectSerializer):
    postcode = serializers.CharField(max_length=5, default="", allow_blank=True)


class AppointmentCreateSerializer(_SubjectSerializer):
    address = AddressSerializer(required=False)
    note = serializers.CharField(max_length=NOTE_LENGTH, allow_blank=True, default="")
    symptoms = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST_ANSWER, allow_blank=True),
        default=dict,
        help_text=_("Number of the question → answer."),
    )
    pictures = VisibleField(
        Document,
        lambda user: Document.objects.unattached(user).filter(kind=PICTURE),
        missing=_("This file was not found."),
        many=True,
        default=list,
    )
    early_start = serializers.BooleanField(
        default=False,
        help_text=_("The express wish to begin before the withdrawal period ends (BGB §356(4))."),
    )

    def validate_pictures(self, value: list[Document]) -> list[Document]:
        if len(value) > MOST_PICTURES:
            raise serializers.ValidationError(_("These are too many pictures."))
        return value


class KeptTimeSerializer(serializers.ModelSerializer[Hold]):
    """A kept time; an offer from the waitlist names its appointment."""

    starts_at = serializers.DateTimeField(source="span.lower", read_only=True)
    ends_at = serializers.DateTimeField(source="span.upper", read_only=True)
    appointment = serializers.IntegerField(
        source="waitlist_entry.appointment_id", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Hold
        fields = [
            "id",
            "purpose",
            "centre",
            "vehicle",
            "service_types",
            "way",
            "loan_car",
            "postcode",
            "starts_at",
            "ends_at",
            "expires_at",
            "appointment",
        ]


class WaitlistSerializer(serializers.ModelSerializer[WaitlistEntry]):
    class Meta:
        model = WaitlistEntry
        fields = ["appointment", "state", "not_before", "created_at"]
