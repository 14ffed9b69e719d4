"""Battery packs as things: which one is in which car, and what becomes of it when a contract ends."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.contracts import Contract
from vehicles.models import Vehicle

if TYPE_CHECKING:
    from accounts.models import User


def new_passport() -> str:
    """Unguessable: whoever has seen one pack's code knows no other's."""
    return secrets.token_urlsafe(12)


class PackQuerySet(models.QuerySet["Pack"]):
    def visible_to(self, user: "User", now: datetime) -> "PackQuerySet":
        """Those in a car of one's own at ``now``."""
        own = Vehicle.objects.owned_by(user, now).order_by().values("pk")
        return self.filter(fittings__period__contains=now, fittings__vehicle__in=own)


class Pack(models.Model):
    """One physical battery with its passport (Regulation (EU) 2023/1542 Art. 77)."""

    serial = models.CharField(_("serial number"), max_length=40, unique=True)
    passport = models.CharField(max_length=24, unique=True, default=new_passport)
    capacity_kwh = models.DecimalField(_("capacity (kWh)"), max_digits=5, decimal_places=1)
    chemistry = models.CharField(_("chemistry"), max_length=20, blank=True)  # "NMC", "LFP"
    made_on = models.DateField(_("made"), null=True)
    price_cents = models.PositiveIntegerField(_("price when new (cents, gross)"))

    objects = PackQuerySet.as_manager()

    class Meta:
        verbose_name = _("battery pack")
        verbose_name_plural = _("battery packs")
        constraints = [
            models.CheckConstraint(condition=Q(capacity_kwh__gt=0), name="pack_holds_something"),
        ]

    def __str__(self) -> str:
        return self.serial


class PackHealth(models.Model):
    """A measured state of health: the share of the capacity that is left, in percent."""

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="healths")
    percent = models.DecimalField(_("state of health (%)"), max_digits=4, decimal_places=1)
    cycles = models.PositiveIntegerField(_("full cycles"), null=True)
    measured_at = models.DateTimeField(_("measured"))

    class Meta:
        verbose_name = _("state of health")
        verbose_name_plural = _("states of health")
        ordering = ["-measured_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=110), name="pack_health_percent"),
            models.UniqueConstraint(fields=["pack", "measured_at"], name="pack_health_once"),
        ]

    def __str__(self) -> str:
        return f"{self.percent}"


class PackFitting(models.Model):
    """In which car a pack was, from when to when: one car one pack, one pack one car."""

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="fittings")
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, related_name="packs")
    period = DateTimeRangeField()

    class Meta:
        verbose_name = _("fitted pack")
        verbose_name_plural = _("fitted packs")
        constraints = [
            ExclusionConstraint(
                name="pack_in_one_car",
                expressions=[("pack", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="car_with_one_pack",
                expressions=[("vehicle", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.vehicle_id}"


class PackSettlement(models.Model):
    """What becomes of the pack when its contract ends: exactly one way, or open until it is known."""

    class Manner(models.TextChoices):
        OPEN = "open", _("to be settled")
        BOUGHT = "bought", _("bought by the customer")
        RETURNED = "returned", _("returned")
        TAKEN_OVER = "taken_over", _("taken over with the contract")
        LOST = "lost", _("lost with the car")

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="pack_settlement")
    pack = models.ForeignKey(Pack, models.PROTECT, null=True, related_name="settlements")
    manner = models.CharField(max_length=10, choices=Manner, default=Manner.OPEN)
    price_cents = models.PositiveIntegerField(_("buy-out price (cents, gross)"), null=True)
    visit_code = models.CharField(_("visit"), max_length=16, blank=True)  # where it is handed in
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("settlement of a pack")
        verbose_name_plural = _("settlements of packs")
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(manner="bought") | Q(price_cents__isnull=False, pack__isnull=False),
                name="settlement_bought_price",
            ),
            models.CheckConstraint(
                condition=Q(manner="open", settled_at__isnull=True)
                | (~Q(manner="open") & Q(settled_at__isnull=False)),
                name="settlement_settled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.manner}"
