"""Two rows that are one person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CustomerMerge(models.Model):
    """``gone`` became part of ``kept``; what moved is listed, so that it can be undone for 30 days."""

    class Proof(models.TextChoices):
        EMAIL = "email", _("the person confirmed by e-mail")
        STAFF = "staff", _("decided by our staff")

    kept = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("kept"), related_name="merges_kept"
    )
    gone = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("merged"), related_name="merges_gone"
    )
    proof = models.CharField(_("proof"), max_length=5, choices=Proof)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+"
    )
    at = models.DateTimeField(_("when"))
    # [["services.appointment", "booked_by", [3, 5]], …] and the fields that ``gone`` had; emptied
    # when undoing is over.
    moved = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("undone by"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="customer_merged_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="customer_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class CustomerInvitation(models.Model):
    """A customer without an account is asked by mail to take their data over."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("customer"),
        related_name="customer_invitations",
    )
    email = models.EmailField(_("e-mail"))
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of what the mail carries
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("invited by"), related_name="+"
    )
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("invitation of a customer")
        verbose_name_plural = _("invitations of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at__isnull=True), name="customer_invitation_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
