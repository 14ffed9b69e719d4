"""How a car comes to a new owner: by claim code or by transfer."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User


class TransferQuerySet(models.QuerySet["Transfer"]):
    def pending(self, now: datetime) -> "TransferQuerySet":
        return self.filter(state=Transfer.State.OFFERED, expires_at__gt=now)

    def addressed_to(self, user: "User", now: datetime) -> "TransferQuerySet":
        return self.pending(now).filter(email=user.email)

    def visible_to(self, user: "User", now: datetime) -> "TransferQuerySet":
        """Offers one made or answered (also past ones), and those waiting for one's answer."""
        waiting = Q(state=Transfer.State.OFFERED, expires_at__gt=now, email=user.email)
        offered = Q(offered_by=user, organisation__isnull=True) | Q(
            organisation__in=Organisation.objects.run_by(user)
        )
        return self.filter(offered | Q(answered_by=user) | waiting)


class Transfer(models.Model):
    """An owner's offer to hand a car to the person behind an e-mail address."""

    class State(models.TextChoices):
        OFFERED = "offered", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, related_name="transfers")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Whose car it is when that is an organisation; ``offered_by`` acted for it.
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(_("e-mail"), blank=True)  # blanked 30 days after closing
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OFFERED)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    offered_at = models.DateTimeField(_("offered"))
    expires_at = models.DateTimeField(_("expires"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(state="offered"), name="transfer_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(state="offered", closed_at__isnull=True)
                | (~Q(state="offered") & Q(closed_at__isnull=False)),
                name="transfer_closed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(answered_by__isnull=False),
                name="transfer_accepted_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["email"], condition=Q(state="offered"), name="transfer_by_email"),
            models.Index(fields=["expires_at"], condition=Q(state="offered"), name="transfer_due"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.state}"


class ClaimCodeQuerySet(models.QuerySet["ClaimCode"]):
    def usable(self, now: datetime) -> "ClaimCodeQuerySet":
        """Neither used nor replaced nor expired."""
        return self.filter(closed_at__isnull=True, expires_at__gt=now)


class ClaimCode(models.Model):
    """The proof from the handover that a car is one's own; only its hash is kept."""

    vehicle = models.ForeignKey("vehicles.Vehicle", models.CASCADE, related_name="claim_codes")
    code_hash = models.CharField(max_length=128)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"))
    closed_at = models.DateTimeField(_("used or replaced"), null=True, blank=True)

    objects = ClaimCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim code")
        verbose_name_plural = _("claim codes")
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(closed_at__isnull=True), name="claim_code_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.issued_at:%Y-%m-%d}"
