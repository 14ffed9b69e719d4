"""Who owns a car when, and who else may do what with it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation

if TYPE_CHECKING:
    from accounts.models import User


class Ownership(models.Model):
    """A person or an organisation owns a car during a period ``[from, until)``; never two at once.

    A trigger keeps history fixed: rows are never deleted, and an ended period never changes.
    """

    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, related_name="ownerships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="ownerships"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="ownerships"
    )
    period = DateTimeRangeField()

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        constraints = [
            ExclusionConstraint(
                name="ownership_one_at_a_time",
                expressions=[("vehicle", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inc=True, period__upper_inc=False),
                name="ownership_period_sound",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, organisation__isnull=False)
                | Q(user__isnull=False, organisation__isnull=True),
                name="ownership_of_one_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.user_id or self.organisation_id}"


class ShareQuerySet(models.QuerySet["Share"]):
    def in_force(self, now: datetime) -> "ShareQuerySet":
        """Accepted, not over, and given by whoever owns the car at ``now``.

        An organisation's share is the organisation's, whoever gave it in its name; it holds
        for members only, so that it ends with the membership.
        """
        owned = Ownership.objects.filter(vehicle=models.OuterRef("vehicle"), period__contains=now)
        by_person = owned.filter(user=models.OuterRef("given_by"))
        by_organisation = owned.filter(organisation=models.OuterRef("organisation"))
        member = Membership.objects.in_force().filter(
            organisation=models.OuterRef("organisation"), user=models.OuterRef("user")
        )
        given = (Q(organisation__isnull=True) & models.Exists(by_person)) | (
            models.Exists(by_organisation) & models.Exists(member)
        )
        return self.filter(given, period__contains=now)

    def held_by(self, user: "User", now: datetime) -> "ShareQuerySet":
        return self.in_force(now).filter(user=user)

    def open_invitations(self, now: datetime) -> "ShareQuerySet":
        return self.filter(outcome="", period__isnull=True, expires_at__gt=now)

    def addressed_to(self, user: "User", now: datetime) -> "ShareQuerySet":
        """Invitations that wait for this person's answer."""
        return self.open_invitations(now).filter(email=user.email)

    def visible_to(self, user: "User", now: datetime) -> "ShareQuerySet":
        """What one gave on cars one owns or runs, what one holds, what waits for one's answer."""
        rows = self.in_force(now).filter(Q(user=user))
        return (self.given_for(user, now) | rows | self.addressed_to(user, now)).distinct()

    def given_for(self, user: "User", now: datetime) -> "ShareQuerySet":
        """Running access and open invitations that this person may end or change."""
        mine = Q(given_by=user, organisation__isnull=True) | Q(
            organisation__in=Organisation.objects.run_by(user)
        )
        return (self.in_force(now) | self.open_invitations(now)).filter(mine)


class Share(models.Model):
    """Access that an owner gives to another person: what for, and until when.

    It begins as an invitation to an address (``period`` is empty until it is accepted),
    so that nobody learns from inviting who has an account.
    """

    class Right(models.TextChoices):
        DRIVE = "drive", _("Drive")
        CHARGE = "charge", _("Charge")
        SERVICE = "service", _("Book service")

    class Scope(models.TextChoices):
        BASIC = "basic", _("Only what the task needs")
        FULL = "full", _("Everything the owner sees")

    class Outcome(models.TextChoices):
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("revoked")
        LEFT = "left", _("given back")
        OWNER_CHANGED = "owner_changed", _("ended with the owner")

    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, related_name="shares")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="shares_given")
    # Whose car it is when that is an organisation; ``given_by`` acted for it.
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="shares_given"
    )
    # Set when the car is shared as part of the whole garage.
    garage = models.ForeignKey(
        "vehicles.GarageShare", models.PROTECT, null=True, blank=True, related_name="shares"
    )
    # The invited address; blanked 30 days after the share is over.
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="shares")
    rights = ArrayField(models.CharField(max_length=10, choices=Right), verbose_name=_("rights"))
    scope = models.CharField(_("may see"), max_length=5, choices=Scope, default=Scope.BASIC)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    period = DateTimeRangeField(null=True)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # of the invitation
    outcome = models.CharField(max_length=13, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True)  # before its time; set with the outcome

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared access")
        verbose_name_plural = _("shared access")
        constraints = [
            ExclusionConstraint(
                name="share_one_per_person",
                expressions=[
                    ("vehicle", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                fields=["vehicle", "email"],
                condition=Q(outcome="", period__isnull=True),
                name="share_one_invitation",
            ),
            models.CheckConstraint(
                condition=Q(rights__len__gt=0, rights__contained_by=["drive", "charge", "service"]),
                name="share_rights_known",
            ),
            models.CheckConstraint(
                condition=Q(period__isnull=True, user__isnull=True)
                | Q(period__isempty=False, user__isnull=False),
                name="share_accepted_whole",
            ),
            models.CheckConstraint(condition=~Q(user=F("given_by")), name="share_with_another"),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True)
                | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="share_closed_whole",
            ),
        ]
        indexes = [models.Index(fields=["email"], condition=Q(outcome=""), name="share_by_email")]

    def __str__(self) -> str:
        return f"{self.vehicle_id} → {self.user_id or '?'}"
