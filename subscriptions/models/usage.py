"""What was used: records as reported, meters that add them up, and rights that are spent."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.contracts import Contract

if TYPE_CHECKING:
    from accounts.models import User


class UsageSource(models.Model):
    """A system that reports usage: a charging operator, the swap stations, car sharing."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    key_hash = models.CharField(max_length=64, unique=True)  # SHA-256; the key itself is shown once
    key_end = models.CharField(max_length=4)
    added_at = models.DateTimeField(_("added"))
    last_used_at = models.DateTimeField(_("last report"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("source of usage")
        verbose_name_plural = _("sources of usage")

    def __str__(self) -> str:
        return self.code


class UsageRecordQuerySet(models.QuerySet["UsageRecord"]):
    def visible_to(self, user: "User") -> "UsageRecordQuerySet":
        """Of one's own contracts, and of organisations that one runs."""
        return self.filter(contract__in=Contract.objects.visible_to(user))

    def unmatched(self) -> "UsageRecordQuerySet":
        """Nobody's contract bears them; their corrections go with them."""
        return self.filter(contract__isnull=True, corrects__isnull=True)

    def with_names(self) -> "UsageRecordQuerySet":
        return self.select_related("source", "contract", "corrects").order_by("-used_at", "-id")


class UsageRecord(models.Model):
    """One use as reported: unique per source and id; other content under the same id is refused.

    Append-only by trigger; a correction is a record of its own (``corrects``).
    """

    source = models.ForeignKey(UsageSource, models.PROTECT, related_name="records")
    external_id = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the content: same id, same content
    unit = models.CharField(max_length=20)  # as in the plan: "kwh", "swap", "minutes"
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    used_at = models.DateTimeField(_("used"))
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, null=True, related_name="+")
    # None: nobody had a contract for it; staff see it.
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="usage")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    received_at = models.DateTimeField()

    objects = UsageRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of use")
        verbose_name_plural = _("records of use")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="usage_record_once"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=False) | Q(quantity__gte=0), name="usage_record_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["contract", "unit", "used_at"], name="usage_of_contract"),
            models.Index(fields=["received_at"], condition=Q(contract__isnull=True), name="usage_unmatched"),
        ]

    def __str__(self) -> str:
        return self.external_id


class UsageConflict(models.Model):
    """A report under an id that stands for something else already: refused, and shown to staff."""

    record = models.ForeignKey(UsageRecord, models.PROTECT, related_name="conflicts")
    fingerprint = models.CharField(max_length=64)
    unit = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    used_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contradicting report")
        verbose_name_plural = _("contradicting reports")
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["record", "fingerprint"], name="usage_conflict_once")]

    def __str__(self) -> str:
        return f"{self.record_id}"


class MeterQuerySet(models.QuerySet["Meter"]):
    def visible_to(self, user: "User") -> "MeterQuerySet":
        return self.filter(contract__in=Contract.objects.visible_to(user))


class Meter(models.Model):
    """What a contract used of one unit in one period of billing, reserved rights included."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="meters")
    unit = models.CharField(max_length=20)
    period = DateRangeField()
    used = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    reserved = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    alerted_percent = models.PositiveSmallIntegerField(default=0)  # 80 or 100: told already

    objects = MeterQuerySet.as_manager()

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        constraints = [
            models.UniqueConstraint(fields=["contract", "unit", "period"], name="meter_once_a_period"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="meter_reserved"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.unit}"


class Reservation(models.Model):
    """A right promised before it is used (a swap that was booked): spent, released, or run out."""

    class State(models.TextChoices):
        HELD = "held", _("reserved")
        SPENT = "spent", _("used")
        RELEASED = "released", _("given back")

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="reservations")
    key = models.CharField(max_length=120, unique=True)  # "services.appointment:17"
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    state = models.CharField(max_length=8, choices=State, default=State.HELD)
    expires_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_of_something")]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="held"), name="reservation_held")]

    def __str__(self) -> str:
        return self.key
