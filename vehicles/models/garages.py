"""Sharing the whole garage: one answer for all cars of a person, those of today and later ones."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vehicles.models.access import Share

if TYPE_CHECKING:
    from accounts.models import User


class GarageShareQuerySet(models.QuerySet["GarageShare"]):
    def in_force(self, now: datetime) -> "GarageShareQuerySet":
        """Accepted and not over: a car that comes now is shared, too."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=now), outcome="", accepted_at__isnull=False)

    def open_invitations(self, now: datetime) -> "GarageShareQuerySet":
        return self.filter(outcome="", accepted_at__isnull=True, expires_at__gt=now)

    def addressed_to(self, user: "User", now: datetime) -> "GarageShareQuerySet":
        """Invitations that wait for this person's answer."""
        return self.open_invitations(now).filter(email=user.email)

    def overdue(self, now: datetime) -> "GarageShareQuerySet":
        """Not closed yet, but run out by ``now``: invitations past their date, access past its end."""
        over = Q(accepted_at__isnull=True, expires_at__lte=now) | Q(accepted_at__isnull=False, until__lte=now)
        return self.filter(over, outcome="")

    def standing(self, now: datetime) -> "GarageShareQuerySet":
        return self.in_force(now) | self.open_invitations(now)

    def visible_to(self, user: "User", now: datetime) -> "GarageShareQuerySet":
        """What one gave, what one holds, what waits for one's answer: as long as it stands."""
        return self.standing(now).filter(Q(given_by=user) | Q(user=user) | Q(user=None, email=user.email))


class GarageShare(models.Model):
    """Access to all cars that a person owns, now and later; each car has its ``Share`` of it.

    It begins as an invitation to an address; the cars are shared when it is accepted, and a car
    that its owner adds later is shared as it comes. An organisation's cars are never meant.
    """

    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="garages_shared")
    # The invited address; blanked 30 days after it is over.
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="garages_held")
    rights = ArrayField(models.CharField(max_length=10, choices=Share.Right), verbose_name=_("rights"))
    scope = models.CharField(_("may see"), max_length=5, choices=Share.Scope, default=Share.Scope.BASIC)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # of the invitation
    accepted_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=13, choices=Share.Outcome, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = GarageShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared garage")
        verbose_name_plural = _("shared garages")
        constraints = [
            models.UniqueConstraint(
                fields=["given_by", "email"],
                condition=Q(outcome="", accepted_at__isnull=True),
                name="garage_share_one_invitation",
            ),
            models.UniqueConstraint(
                fields=["given_by", "user"],
                condition=Q(outcome="", accepted_at__isnull=False),
                name="garage_share_one_per_person",
            ),
            models.CheckConstraint(
                condition=Q(rights__len__gt=0, rights__contained_by=["drive", "charge", "service"]),
                name="garage_share_rights_known",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, accepted_at__isnull=True)
                | Q(user__isnull=False, accepted_at__isnull=False),
                name="garage_share_accepted_whole",
            ),
            models.CheckConstraint(condition=~Q(user=F("given_by")), name="garage_share_with_another"),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True)
                | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="garage_share_closed_whole",
            ),
        ]
        indexes = [models.Index(fields=["email"], condition=Q(outcome=""), name="garage_share_by_email")]

    def __str__(self) -> str:
        return f"{self.given_by_id} → {self.user_id or '?'}"
