"""At the counter: the repair order with its check-in, loan cars handed out, tyres in store."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from documents.models import Signature
from services.models.centres import Centre
from services.models.resources import Resource
from services.models.visits import Appointment
from vehicles.models import Ownership, Vehicle

if TYPE_CHECKING:
    from accounts.models import User


class RepairOrderQuerySet(models.QuerySet["RepairOrder"]):
    def visible_to(self, user: "User", now: datetime) -> "RepairOrderQuerySet":
        """Those they ordered, those of their cars, and those of their centres.

        Whoever takes a car over meanwhile does not read what the owner before was to pay.
        """
        of_their_time = Ownership.objects.filter(
            vehicle=OuterRef("vehicle"), period__contains=now, period__startswith__lte=OuterRef("created_at")
        )
        visits = Appointment.objects.visible_to(user, now).filter(Exists(of_their_time)).values("pk")
        return self.filter(
            Q(appointment__in=visits)
            | Q(appointment__booked_by=user)
            | Q(appointment__centre__in=Centre.objects.staffed_by(user, "services.view_day"))
        )

    def with_names(self) -> "RepairOrderQuerySet":
        """With all that a page shows."""
        return self.select_related(
            "appointment__centre", "appointment__vehicle__model", "appointment__booked_by", "checked_in_by"
        ).select_related("appointment__service_type", "paper")


class RepairOrder(models.Model):
    """What the customer orders at check-in: work and price limit, and the car as it came."""

    class Key(models.TextChoices):
        HANDED = "handed", _("handed over")
        DROPPED = "dropped", _("in the key drop")
        DIGITAL = "digital", _("digital key")

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="repair_order")
    work = models.TextField(_("work"), max_length=2000)
    price_limit_cents = models.PositiveIntegerField(_("up to (cents, gross)"), null=True, blank=True)
    mileage_km = models.PositiveIntegerField(_("mileage (km)"))
    charge_percent = models.PositiveSmallIntegerField(_("charge (%)"), null=True, blank=True)
    key = models.CharField(_("key"), max_length=7, choices=Key, default=Key.HANDED)
    key_place = models.CharField(_("where the key hangs"), max_length=20, blank=True)
    remarks = models.CharField(_("remarks"), max_length=600, blank=True)
    checked_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checked_in_at = models.DateTimeField()
    # The paper as it is signed; a change of the order makes a new one.
    paper = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    objects = RepairOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair order")
        verbose_name_plural = _("repair orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(charge_percent__isnull=True) | Q(charge_percent__lte=100), name="order_charge"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(paper__isnull=False), name="order_signed_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id}"


class DamageMark(models.Model):
    """A damage seen at check-in, on an outline of the car. Its pictures are documents about it."""

    class View(models.TextChoices):
        FRONT = "front", _("front")
        REAR = "rear", _("rear")
        LEFT = "left", _("left side")
        RIGHT = "right", _("right side")
        ROOF = "roof", _("roof")

    order = models.ForeignKey(RepairOrder, models.CASCADE, related_name="marks")
    view = models.CharField(_("view"), max_length=5, choices=View)
    # Thousandths of the outline's width and height, from the upper left.
    x = models.PositiveSmallIntegerField(validators=[MaxValueValidator(1000)])
    y = models.PositiveSmallIntegerField(validators=[MaxValueValidator(1000)])
    text = models.CharField(_("what"), max_length=160)

    class Meta:
        verbose_name = _("damage mark")
        verbose_name_plural = _("damage marks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(x__lte=1000, y__lte=1000), name="damage_mark_on_the_outline")
        ]

    def __str__(self) -> str:
        return self.text


class LoanHandoverQuerySet(models.QuerySet["LoanHandover"]):
    def visible_to(self, user: "User", now: datetime) -> "LoanHandoverQuerySet":
        """Those that the person booked, and those of their centres."""
        return self.filter(
            Q(appointment__booked_by=user)
            | Q(car__centre__in=Centre.objects.staffed_by(user, "services.view_day"))
        )

    def at_centres_of(self, user: "User") -> "LoanHandoverQuerySet":
        return self.filter(car__centre__in=Centre.objects.staffed_by(user, "services.view_day"))

    def out(self) -> "LoanHandoverQuerySet":
        """Cars that have not come back."""
        return self.filter(returned_at__isnull=True)

    def with_names(self) -> "LoanHandoverQuerySet":
        """With all that a list shows, and whether the agreement is signed."""
        signed = models.Exists(Signature.objects.filter(document=models.OuterRef("paper")))
        return self.select_related(
            "car__centre", "car__car_model", "appointment__centre", "appointment__booked_by", "paper"
        ).annotate(is_signed=signed)


class LoanHandover(models.Model):
    """A loan car (or test-drive car) in a customer's hands. The licence was seen; no copy is kept."""

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="loan_handover")
    car = models.ForeignKey(Resource, models.PROTECT, related_name="handovers")
    driver_name = models.CharField(_("driver"), max_length=120)
    licence_class = models.CharField(_("licence class"), max_length=8)
    licence_expires = models.DateField(_("licence valid until"), null=True, blank=True)
    licence_seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    mileage_out_km = models.PositiveIntegerField(_("mileage at hand-over (km)"))
    charge_out_percent = models.PositiveSmallIntegerField(_("charge at hand-over (%)"))
    returned_at = models.DateTimeField(null=True)
    mileage_in_km = models.PositiveIntegerField(_("mileage at return (km)"), null=True)
    charge_in_percent = models.PositiveSmallIntegerField(_("charge at return (%)"), null=True)
    remarks = models.CharField(_("remarks"), max_length=600, blank=True)
    paper = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")

    is_signed: bool  # set by with_names

    objects = LoanHandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan-car hand-over")
        verbose_name_plural = _("loan-car hand-overs")
        constraints = [
            models.UniqueConstraint(
                fields=["car"], condition=Q(returned_at__isnull=True), name="loan_car_with_one_person"
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, mileage_in_km__isnull=True)
                | Q(returned_at__gte=F("handed_at"), mileage_in_km__gte=F("mileage_out_km")),
                name="loan_returned_whole",
            ),
            models.CheckConstraint(
                condition=Q(charge_out_percent__lte=100)
                & (Q(charge_in_percent__isnull=True) | Q(charge_in_percent__lte=100)),
                name="loan_charge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.car_id}"


class TyreSetQuerySet(models.QuerySet["TyreSet"]):
    def visible_to(self, user: "User", now: datetime) -> "TyreSetQuerySet":
        """Wheels of the cars that the person may bring to service (they go with the car), and of
        their centres."""
        usable = Vehicle.objects.usable_by(user, right="service", now=now)
        staffed = Centre.objects.staffed_by(user, "services.view_day")
        return self.filter(Q(vehicle__in=usable) | Q(centre__in=staffed))

    def at_centres_of(self, user: "User") -> "TyreSetQuerySet":
        return self.filter(centre__in=Centre.objects.staffed_by(user, "services.view_day"))

    def in_store(self) -> "TyreSetQuerySet":
        return self.filter(taken_out_at__isnull=True)


class TyreSet(models.Model):
    """Wheels that we keep for a car over a season."""

    class Season(models.TextChoices):
        SUMMER = "summer", _("summer")
        WINTER = "winter", _("winter")
        ALL_YEAR = "all_year", _("all year")

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="tyre_sets")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="tyre_sets")
    place = models.CharField(_("shelf"), max_length=20)  # "B-04-2"
    season = models.CharField(_("season"), max_length=8, choices=Season)
    size = models.CharField(_("size"), max_length=30, blank=True)  # "235/45 R19 99V"
    # Millimetres front left, front right, rear left, rear right; the law asks for 1.6 (StVZO §36).
    tread_mm = ArrayField(
        models.DecimalField(max_digits=3, decimal_places=1, validators=[MinValueValidator(0)]), size=4
    )
    remarks = models.CharField(_("remarks"), max_length=200, blank=True)
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField()
    taken_out_at = models.DateTimeField(null=True)
    offered_season = models.CharField(max_length=12, blank=True)  # "2027-spring": told once a season

    objects = TyreSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored wheels")
        verbose_name_plural = _("stored wheels")
        ordering = ["-stored_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "place"],
                condition=Q(taken_out_at__isnull=True),
                name="tyre_set_one_per_shelf",
            ),
            models.CheckConstraint(condition=Q(tread_mm__len=4), name="tyre_set_four_treads"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.place}"
