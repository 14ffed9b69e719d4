"""Estimates: what extra work would cost, and what the customer says to each line."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from services.models.visits import Appointment


class Estimate(models.Model):
    """One estimate of a visit (Kostenvoranschlag, BGB §649). A revision replaces the one before."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("waits for you")
        DECIDED = "decided", _("decided")
        EXPIRED = "expired", _("expired")
        REPLACED = "replaced", _("replaced by a newer one")

    class Channel(models.TextChoices):
        PAGE = "page", _("online")
        PHONE = "phone", _("by phone")

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="estimates")
    number = models.PositiveSmallIntegerField()  # 1, 2, … within the visit
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    note = models.TextField(_("note for the customer"), max_length=1000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    # The customer; on the phone the colleague who heard it.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_through = models.CharField(max_length=5, choices=Channel, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        ordering = ["appointment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "number"], name="estimate_in_order"),
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state__in=["draft", "sent"]), name="estimate_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(sent_at__isnull=False, expires_at__isnull=False),
                name="estimate_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False) & ~Q(decided_through="")
                | (~Q(state="decided") & Q(decided_at__isnull=True, decided_through="")),
                name="estimate_decided_whole",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="sent"), name="estimate_expiring")]

    def __str__(self) -> str:
        return f"{self.appointment_id}/{self.number}"


class EstimateLine(models.Model):
    """One thing to decide about: what it is, why, and what it costs as the sum of its entries."""

    class Decision(models.TextChoices):
        OPEN = "open", _("open")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    class Urgency(models.TextChoices):
        SAFETY = "safety", _("needed for safety")
        SOON = "soon", _("recommended soon")
        LATER = "later", _("can wait")

    estimate = models.ForeignKey(Estimate, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    text = models.CharField(_("why"), max_length=600, blank=True)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Urgency, default=Urgency.SOON)
    finding = models.ForeignKey(
        "services.Finding", models.PROTECT, null=True, blank=True, related_name="lines"
    )
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN)
    done_at = models.DateTimeField(null=True)  # the work: only after it was approved
    # Its pictures are documents about "services.estimateline" and this id, or those of its finding.

    class Meta:
        verbose_name = _("line of an estimate")
        verbose_name_plural = _("lines of estimates")
        ordering = ["estimate", "position"]
        constraints = [
            models.UniqueConstraint(fields=["estimate", "position"], name="estimate_line_in_order"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(decision="approved"),
                name="estimate_line_done_if_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CostEntry(models.Model):
    """Labour or a part of an estimate's line. Net cents per unit; rounded once per entry, half up."""

    class Kind(models.TextChoices):
        LABOUR = "labour", _("labour (hours)")
        PART = "part", _("part")

    line = models.ForeignKey(EstimateLine, models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    text = models.CharField(_("what"), max_length=120)
    quantity = models.DecimalField(
        _("quantity"), max_digits=7, decimal_places=2, validators=[MinValueValidator(0)]
    )
    unit_cents = models.PositiveIntegerField(_("price per unit (cents, net)"))
    vat_percent = models.DecimalField(_("VAT (%)"), max_digits=4, decimal_places=1, default=19)

    class Meta:
        verbose_name = _("entry of an estimate")
        verbose_name_plural = _("entries of estimates")
        ordering = ["line", "position"]
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="cost_entry_in_order"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cost_entry_of_something"),
            models.CheckConstraint(condition=Q(vat_percent__range=(0, 99)), name="cost_entry_vat"),
        ]

    def __str__(self) -> str:
        return self.text
