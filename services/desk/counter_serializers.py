"""The shapes of the counter's API: repair orders, cars lent, wheels in store."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.rest.fields import VisibleField
from documents.models import Document
from services.desk import loans, repair_orders, tyres
from services.desk.loans import Licence
from services.desk.repair_orders import Mark, Order
from services.models import Appointment, Centre, DamageMark, LoanHandover, RepairOrder, Resource, TyreSet
from vehicles.models import Vehicle


def own_pictures(user: Any) -> Any:
    """What somebody sent to ``/api/v1/documents/`` for a check-in, and that belongs to nothing yet."""
    return Document.objects.unattached(user).filter(kind=repair_orders.PICTURE)


class DamageMarkSerializer(serializers.ModelSerializer[DamageMark]):
    x = serializers.IntegerField(min_value=0, max_value=1000, help_text="Thousandths from the left.")
    y = serializers.IntegerField(min_value=0, max_value=1000, help_text="Thousandths from the top.")

    class Meta:
        model = DamageMark
        fields = ["view", "x", "y", "text"]


class RepairOrderSerializer(serializers.ModelSerializer[RepairOrder]):
    code = serializers.CharField(source="appointment.code", read_only=True)
    marks = DamageMarkSerializer(many=True, read_only=True)
    paper_sha256 = serializers.CharField(source="paper.sha256", read_only=True, default="")

    class Meta:
        model = RepairOrder
        fields = [
            "id",
            "appointment",
            "code",
            "work",
            "price_limit_cents",
            "mileage_km",
            "charge_percent",
            "key",
            "key_place",
            "remarks",
            "marks",
            "checked_in_at",
            "paper",
            "paper_sha256",
            "signed_at",
            "version",
        ]


class OrderWrittenSerializer(serializers.Serializer[Any]):
    """What an order says."""

    work = serializers.CharField(max_length=repair_orders.WORK_LENGTH)
    mileage_km = serializers.IntegerField(min_value=0, max_value=repair_orders.MOST_KM)
    charge_percent = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, default=None)
    price_limit_cents = serializers.IntegerField(
        min_value=0, max_value=100_000_00, allow_null=True, default=None
    )
    key = serializers.ChoiceField(choices=RepairOrder.Key.choices, default=RepairOrder.Key.HANDED)
    key_place = serializers.CharField(max_length=20, allow_blank=True, default="")
    remarks = serializers.CharField(max_length=600, allow_blank=True, default="")
    marks = DamageMarkSerializer(many=True, default=list)
    documents = VisibleField(
        Document,
        own_pictures,
        missing=_("There is no such document."),
        many=True,
        default=list,
        help_text="Pictures sent before, with the kind services.check_in_picture.",
    )
    ask_online = serializers.BooleanField(
        default=False, help_text="The customer is not here: ask for the signature by message."
    )

    def written(self) -> dict[str, Any]:
        """As the domain takes it."""
        sent = self.validated_data
        names = ("work", "mileage_km", "charge_percent", "price_limit_cents", "key", "key_place", "remarks")
        marks = [Mark(**each) for each in sent["marks"]]
        return {
            "written": Order(**{name: sent[name] for name in names}, marks=marks),
            "pictures": sent["documents"],
            "ask_online": sent["ask_online"],
        }


class CheckInSerializer(OrderWrittenSerializer):
    appointment = VisibleField(
        Appointment, Appointment.objects.at_centres_of, missing=_("This appointment was not found.")
    )


class OrderChangeSerializer(OrderWrittenSerializer):
    version = serializers.IntegerField(min_value=0, help_text="The one that was changed.")


class SignatureSerializer(serializers.Serializer[Any]):
    """A signature on a screen, and the paper that it stands under."""

    sha256 = serializers.CharField(max_length=64, help_text="Of the paper that was shown.")
    signer_name = serializers.CharField(max_length=120)
    strokes = serializers.ListField(
        child=serializers.JSONField(),
        default=list,
        help_text="[[[x, y, ms], …], …] in thousandths of the field; none when typed.",
    )
    typed = serializers.BooleanField(default=False)


class LoanSerializer(serializers.ModelSerializer[LoanHandover]):
    code = serializers.CharField(source="appointment.code", read_only=True)
    car_name = serializers.CharField(source="car.name", read_only=True)
    plate = serializers.CharField(source="car.plate", read_only=True)
    is_signed = serializers.BooleanField(read_only=True)
    paper_sha256 = serializers.CharField(source="paper.sha256", read_only=True, default="")

    class Meta:
        model = LoanHandover
        fields = [
            "id",
            "appointment",
            "code",
            "car",
            "car_name",
            "plate",
            "driver_name",
            "handed_at",
            "due_at",
            "mileage_out_km",
            "charge_out_percent",
            "returned_at",
            "mileage_in_km",
            "charge_in_percent",
            "remarks",
            "paper",
            "paper_sha256",
            "is_signed",
        ]


def _any_car(user: Any) -> Any:
    """The counter stores wheels of whatever car stands there."""
    return Vehicle.objects.all() if user.has_permission("services.change_day") else Vehicle.objects.none()


def _cars(user: Any) -> Any:
    staffed = Centre.objects.staffed_by(user, "services.view_day")
    return Resource.objects.filter(centre__in=staffed, kind__in=loans.KINDS)


class HandOutSerializer(serializers.Serializer[Any]):
    """Sending it says that the original of the licence was seen."""

    appointment = VisibleField(
        Appointment, Appointment.objects.at_centres_of, missing=_("This appointment was not found.")
    )
    car = VisibleField(Resource, _cars, missing=_("There is no such car here."))
    driver_name = serializers.CharField(max_length=120)
    licence_class = serializers.ChoiceField(choices=loans.LICENCE_CLASSES)
    licence_expires = serializers.DateField(allow_null=True, default=None)
    due_at = serializers.DateTimeField()
    mileage_km = serializers.IntegerField(min_value=0, max_value=loans.MOST_KM)
    charge_percent = serializers.IntegerField(min_value=0, max_value=100)
    remarks = serializers.CharField(max_length=500, allow_blank=True, default="")

    def asked(self) -> dict[str, Any]:
        """As the domain takes it."""
        sent = dict(self.validated_data)
        licence = Licence(sent.pop("driver_name"), sent.pop("licence_class"), sent.pop("licence_expires"))
        return {**sent, "licence": licence}


class LoanReturnSerializer(serializers.Serializer[Any]):
    mileage_km = serializers.IntegerField(min_value=0, max_value=loans.MOST_KM)
    charge_percent = serializers.IntegerField(min_value=0, max_value=100)
    remarks = serializers.CharField(max_length=90, allow_blank=True, default="")


class TyreSetSerializer(serializers.ModelSerializer[TyreSet]):
    wear = serializers.SerializerMethodField()

    class Meta:
        model = TyreSet
        fields = [
            "id",
            "vehicle",
            "centre",
            "place",
            "season",
            "size",
            "tread_mm",
            "wear",
            "stored_at",
            "taken_out_at",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=["good", "worn", "illegal"]))
    def get_wear(self, kept: TyreSet) -> str:
        return tyres.wear_of(kept).level


class StoreSerializer(serializers.Serializer[Any]):
    vehicle = VisibleField(
        Vehicle,
        lambda user: (
            Vehicle.objects.all() if user.has_permission("services.change_day") else Vehicle.objects.none()
        ),
        missing=_("This car was not found."),
    )
    centre = VisibleField(
        Centre,
        lambda user: Centre.objects.staffed_by(user, "services.view_day"),
        missing=_("There is no such service centre."),
    )
    place = serializers.CharField(max_length=20)
    season = serializers.ChoiceField(choices=TyreSet.Season.choices)
    tread_mm = serializers.ListField(
        child=serializers.DecimalField(
            max_digits=3, decimal_places=1, min_value=Decimal(0), max_value=tyres.MOST_MM
        ),
        min_length=4,
        max_length=4,
        help_text="Millimetres: front left, front right, rear left, rear right.",
    )
    size = serializers.CharField(max_length=30, allow_blank=True, default="")
    remarks = serializers.CharField(max_length=200, allow_blank=True, default="")
