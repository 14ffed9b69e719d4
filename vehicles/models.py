"""Cars, who owns them when, and who else may do what with them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

# ISO 3779: 17 characters, without I, O and Q.
VIN_PATTERN = r"^[A-HJ-NPR-Z0-9]{17}$"


class VehicleModel(models.Model):
    """A model of the brand: what the catalogue shows and other apps ask for."""

    code = models.CharField(max_length=20, unique=True)  # "N5"
    name = models.CharField(_("name"), max_length=60)
    tagline_de = models.CharField(max_length=120, blank=True)
    tagline_en = models.CharField(max_length=120, blank=True)
    battery_kwh = models.PositiveSmallIntegerField(_("battery (kWh)"))
    range_km = models.PositiveSmallIntegerField(_("range (km, WLTP)"))
    price_cents = models.PositiveIntegerField(_("price from (cents)"))
    is_sold = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        ordering = ["price_cents"]

    def __str__(self) -> str:
        return self.name


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    """Ownership at ``now`` is decided inside the query: the old owner loses, the new gains."""

    def owned_by(self, user: "User", now: datetime) -> "VehicleQuerySet":
        return self.filter(_owns(user, now))

    def usable_by(self, user: "User", *, right: "Share.Right | str", now: datetime) -> "VehicleQuerySet":
        """Cars that the person owns, or that were shared with them for ``right``."""
        return self.filter(_owns(user, now) | _shared(user, now, right))

    def visible_to(self, user: "User", now: datetime) -> "VehicleQuerySet":
        return self.filter(_owns(user, now) | _shared(user, now, None))


def _owns(user: "User", now: datetime) -> Q:
    return Q(
        models.Exists(
            Ownership.objects.filter(vehicle=models.OuterRef("pk"), user=user, period__contains=now)
        )
    )


def _shared(user: "User", now: datetime, right: str | None) -> Q:
    shares = Share.objects.filter(vehicle=models.OuterRef("pk"), user=user, period__contains=now)
    if right is not None:
        shares = shares.filter(rights__contains=[right])
    # A share dies with the ownership of whoever gave it.
    owner = Ownership.objects.filter(
        vehicle=models.OuterRef("vehicle"), user=models.OuterRef("given_by"), period__contains=now
    )
    return Q(models.Exists(shares.filter(models.Exists(owner))))


class Vehicle(models.Model):
    """One car. Its owner is not a column: see Ownership."""

    vin = models.CharField(
        _("vehicle identification number"),
        max_length=17,
        unique=True,
        validators=[RegexValidator(VIN_PATTERN)],
    )
    model = models.ForeignKey(VehicleModel, models.PROTECT, related_name="vehicles")
    plate = models.CharField(_("number plate"), max_length=12, blank=True)
    colour = models.CharField(_("colour"), max_length=20, default="aurora")
    photo = models.ImageField(_("photo"), upload_to="vehicles/", blank=True)
    first_registered = models.DateField(_("first registered"), null=True, blank=True)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        constraints = [
            models.CheckConstraint(condition=Q(vin__regex=VIN_PATTERN), name="vehicle_vin_iso3779"),
        ]

    def __str__(self) -> str:
        return f"{self.model} · {self.plate}" if self.plate else str(self.model)


class Ownership(models.Model):
    """A person owns a car during a period ``[from, until)``; never two at once."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="ownerships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ownerships")
    period = DateTimeRangeField()

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        constraints = [
            ExclusionConstraint(
                name="ownership_one_at_a_time",
                expressions=[("vehicle", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inc=True, period__upper_inc=False),
                name="ownership_period_sound",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="ownership_user")]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.user_id}"


class Share(models.Model):
    """Access that an owner gives to another person: what for, and until when."""

    class Right(models.TextChoices):
        DRIVE = "drive", _("drive")
        CHARGE = "charge", _("charge")
        SERVICE = "service", _("book service")

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="shares_given")
    rights = models.JSONField(default=list)  # of Right
    period = DateTimeRangeField()

    class Meta:
        verbose_name = _("shared access")
        verbose_name_plural = _("shared access")
        constraints = [
            ExclusionConstraint(
                name="share_one_per_person",
                expressions=[
                    ("vehicle", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id} → {self.user_id}"
