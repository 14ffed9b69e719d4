"""What a person may do, where; and how colleagues are invited."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self) -> "RoleGrantQuerySet":
        return self.filter(ended_at__isnull=True)


class RoleGrant(models.Model):
    """A role of a person, everywhere or within one scope (a centre). Ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="role_grants"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    scope_kind = models.CharField(
        _("kind of place"), max_length=60, blank=True
    )  # "services.centre"; "" is everywhere
    scope_id = models.BigIntegerField(_("place"), null=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("granted by"), null=True, related_name="+"
    )
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope_kind", "scope_id"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="role_grant_once",
            ),
            models.CheckConstraint(
                condition=models.Q(scope_kind="", scope_id__isnull=True)
                | (~models.Q(scope_kind="") & models.Q(scope_id__isnull=False)),
                name="role_grant_scope_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class StaffInvitation(models.Model):
    """A colleague is invited by mail to a role; the link works once, until it expires."""

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    scope_kind = models.CharField(_("kind of place"), max_length=60, blank=True)
    scope_id = models.BigIntegerField(_("place"), null=True)
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of what the mail carries
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("invited by"), related_name="+"
    )
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("accepted by"), null=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True)  # accepted or withdrawn

    class Meta:
        verbose_name = _("staff invitation")
        verbose_name_plural = _("staff invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["email", "role", "scope_kind", "scope_id"],
                condition=models.Q(closed_at__isnull=True),
                nulls_distinct=False,
                name="staff_invitation_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_by__isnull=True) | models.Q(closed_at__isnull=False),
                name="staff_invitation_accepted_is_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.scope_id or ''}".strip()
