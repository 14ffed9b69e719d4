"""Claims of second-hand buyers: the registration document instead of a code, and two who decide."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation

if TYPE_CHECKING:
    from accounts.models import User


class OwnershipClaimQuerySet(models.QuerySet["OwnershipClaim"]):
    def undecided(self) -> "OwnershipClaimQuerySet":
        return self.filter(state=OwnershipClaim.State.OPEN)

    def visible_to(self, user: "User") -> "OwnershipClaimQuerySet":
        """What one claims, and what others claim of one's own car or one's organisation's."""
        return self.filter(Q(claimant=user) | OwnershipClaim.answerable_by(user))


class OwnershipClaim(models.Model):
    """A person says that a car is theirs and shows its registration document.

    The recorded owner, if there is one, can object until ``objection_until``; then two staff decide.
    """

    class State(models.TextChoices):
        OPEN = "open", _("being examined")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Answer(models.TextChoices):
        OBJECTED = "objected", _("the recorded owner objects")
        AGREED = "agreed", _("the recorded owner agrees")

    code = models.CharField(_("number"), max_length=16, unique=True)
    vin = models.CharField(_("vehicle identification number"), max_length=17)
    # Empty for a number that we do not know: the desk finds out, the claimant learns nothing by it.
    vehicle = models.ForeignKey(
        "vehicles.Vehicle", models.PROTECT, verbose_name=_("car"), null=True, related_name="ownership_claims"
    )
    claimant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("claimed by"),
        related_name="ownership_claims",
    )
    recorded_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("recorded owner"),
        null=True,
        related_name="+",
    )
    recorded_organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        verbose_name=_("recorded organisation"),
        null=True,
        related_name="+",
    )
    # The registration document, seen by the desk only and erased with the decision.
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, verbose_name=_("registration document"), related_name="+"
    )
    claimed_at = models.DateTimeField(_("claimed"))
    objection_until = models.DateTimeField(_("objection until"))
    owner_answer = models.CharField(_("owner's answer"), max_length=8, choices=Answer, blank=True)
    owner_words = models.TextField(_("owner's words"), blank=True)  # blanked with the decision
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = OwnershipClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim to a car")
        verbose_name_plural = _("claims to cars")
        constraints = [
            models.UniqueConstraint(
                fields=["claimant", "vin"], condition=Q(state="open"), name="ownership_claim_once"
            ),
            # Of several who claim one car, one at most gets it at a time (the ownership decides for good).
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False, owner_words="")),
                name="ownership_claim_closed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(vehicle__isnull=False),
                name="ownership_claim_granted_has_car",
            ),
            models.CheckConstraint(
                condition=~Q(claimant=models.F("recorded_owner")), name="ownership_claim_of_anothers_car"
            ),
        ]
        indexes = [
            models.Index(fields=["objection_until"], condition=Q(state="open"), name="ownership_claim_open")
        ]

    def __str__(self) -> str:
        return self.code

    @staticmethod
    def answerable_by(user: "User") -> Q:
        """The condition for claims to cars that are recorded as this person's."""
        return Q(recorded_owner=user) | Q(recorded_organisation__in=Organisation.objects.run_by(user))

    def has_owner_side(self, user: "User") -> bool:
        """Whether this person answers for the recorded owner."""
        if self.recorded_organisation_id is not None:
            return Organisation.objects.run_by(user).filter(pk=self.recorded_organisation_id).exists()
        return self.recorded_owner_id is not None and self.recorded_owner_id == user.pk

    @property
    def has_recorded_owner(self) -> bool:
        return self.recorded_owner_id is not None or self.recorded_organisation_id is not None

    def is_ripe(self, now: datetime) -> bool:
        """Whether it can be decided at ``now``: answered by the owner, or the 14 days are over."""
        return self.state == self.State.OPEN and bool(self.owner_answer or self.objection_until <= now)


class ClaimVerdict(models.Model):
    """One colleague's verdict on a claim; two alike decide."""

    claim = models.ForeignKey(
        OwnershipClaim, models.PROTECT, verbose_name=_("claim"), related_name="verdicts"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    grants = models.BooleanField(_("grants"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.UniqueConstraint(fields=["claim", "by"], name="claim_verdict_once"),
            models.CheckConstraint(
                condition=Q(grants=True) | ~Q(reason=""), name="claim_verdict_refusal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.by_id}"
