"""Cancellations and withdrawals as they were declared, by anybody, with date and time."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from subscriptions.models.contracts import Contract


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def open(self) -> "DeclarationQuerySet":
        return self.filter(answer__isnull=True)

    def for_desk(self) -> "DeclarationQuerySet":
        """Without what was settled with somebody who left: that is locked (accounts/privacy/keeping.py)."""
        left = models.Q(by__standing="erased") | models.Q(contract__holder__standing="erased")
        shown = self.exclude(left & models.Q(answer__isnull=False))
        return shown.select_related(
            "contract__plan", "contract__holder", "contract__organisation", "answer__by"
        ).order_by(models.F("answer").desc(nulls_first=True), "received_at", "id")


class Declaration(models.Model):
    """What somebody declared (BGB §312k, §356a). A trigger keeps it as it was received."""

    class Kind(models.TextChoices):
        CANCEL = "cancel", _("Cancellation")
        WITHDRAW = "withdraw", _("Withdrawal")

    class Manner(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary cancellation")
        EXTRAORDINARY = "extraordinary", _("extraordinary cancellation, for cause")

    code = models.CharField(_("number"), max_length=16, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    manner = models.CharField(_("manner"), max_length=13, choices=Manner, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    contract_hint = models.CharField(_("contract"), max_length=200)
    wished_end = models.DateField(_("wished end"), null=True)  # empty: as soon as possible
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="declarations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=2)
    received_at = models.DateTimeField(_("received"))

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")

    def __str__(self) -> str:
        return self.code


class DeclarationAnswer(models.Model):
    """What came of a declaration; by nobody when it was carried out at once."""

    class Outcome(models.TextChoices):
        CARRIED_OUT = "carried_out", _("carried out")
        CLARIFIED = "clarified", _("clarified with the person")

    declaration = models.OneToOneField(Declaration, models.PROTECT, related_name="answer")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer to a declaration")
        verbose_name_plural = _("answers to declarations")

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.outcome}"
