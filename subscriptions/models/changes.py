"""Offers made, changes agreed, and contracts that pass to the next keeper."""

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


class TermsNotice(models.Model):
    """New price or terms put to a holder: silence keeps the old ones (KG 23 U 15/22)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="terms_notices")
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    from_on = models.DateField(_("from"))
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("offer of new terms")
        verbose_name_plural = _("offers of new terms")
        constraints = [
            models.UniqueConstraint(fields=["contract", "plan_version"], name="terms_notice_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, accepted__isnull=True)
                | Q(answered_at__isnull=False, accepted__isnull=False),
                name="terms_notice_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}"


class Takeover(models.Model):
    """A contract that passes to the next keeper with the car: seller, buyer and brand agree."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="takeovers")
    transfer = models.OneToOneField("vehicles.Transfer", models.PROTECT, null=True, related_name="takeover")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="takeovers")
    accepted_at = models.DateTimeField(_("accepted by the buyer"), null=True)
    approved_at = models.DateTimeField(_("approved by us"), null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("not any more"), null=True)  # withdrawn, refused or run out
    follows = models.OneToOneField(
        Contract, models.PROTECT, null=True, related_name="taken_over_from"
    )  # the buyer's contract, once all three agreed
    cut_off = models.DateTimeField(_("cut-off"), null=True)

    class Meta:
        verbose_name = _("takeover of a contract")
        verbose_name_plural = _("takeovers of contracts")
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(ended_at__isnull=True, follows__isnull=True),
                name="takeover_one_open",
            ),
            models.CheckConstraint(
                condition=Q(follows__isnull=True, cut_off__isnull=True)
                | Q(
                    follows__isnull=False,
                    cut_off__isnull=False,
                    accepted_at__isnull=False,
                    approved_at__isnull=False,
                ),
                name="takeover_all_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}"
