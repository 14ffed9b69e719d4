"""Contracts that pass to the next keeper with their car."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.contracts import Contract


class Takeover(models.Model):
    """Seller, buyer and brand agree; the contract passes at the instant at which the car does."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="takeovers")
    transfer = models.OneToOneField("vehicles.Transfer", models.PROTECT, related_name="takeover")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    approved_at = models.DateTimeField(_("approved by us"), null=True)
    # None with approved_at: nothing was in arrears, so the house agreed by itself.
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("not any more"), null=True)  # withdrawn, or refused by us
    # The buyer's contract, once all three agreed.
    follows = models.OneToOneField(Contract, models.PROTECT, null=True, related_name="taken_over_from")
    cut_off = models.DateTimeField(_("cut-off"), null=True)

    class Meta:
        verbose_name = _("takeover of a contract")
        verbose_name_plural = _("takeovers of contracts")
        ordering = ["offered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=Q(follows__isnull=False), name="takeover_once_done"
            ),
            models.CheckConstraint(
                condition=Q(follows__isnull=True, cut_off__isnull=True)
                | Q(
                    follows__isnull=False,
                    cut_off__isnull=False,
                    approved_at__isnull=False,
                    ended_at__isnull=True,
                ),
                name="takeover_all_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}"
