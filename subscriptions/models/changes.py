"""Changes of contracts, as they were agreed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.catalogue import PlanVersion
from subscriptions.models.contracts import Contract


class ContractChange(models.Model):
    """A change as it was agreed, with the words that were shown. What it does to the price is in the
    contract's versions; this says who agreed to what, when."""

    class Kind(models.TextChoices):
        UPGRADE = "upgrade", _("larger plan, at once")
        DOWNGRADE = "downgrade", _("smaller plan, from the next period")
        FLEX = "flex", _("larger battery for a while")
        PAUSE = "pause", _("pause")
        RESUME = "resume", _("end of a pause")
        NEW_TERMS = "new_terms", _("new price or terms")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="changes")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True)  # the first day after a flex or a pause
    offer_text = models.TextField()
    offer_hash = models.CharField(max_length=64)
    agreed_at = models.DateTimeField(_("agreed"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("taken back"), null=True)  # only before it starts

    class Meta:
        verbose_name = _("change of a contract")
        verbose_name_plural = _("changes of contracts")
        ordering = ["-agreed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["pause", "resume"]) | Q(plan_version__isnull=False),
                name="change_to_something",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="change_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind}"
