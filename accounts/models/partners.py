"""Services of others that sign people in with the brand account (OpenID Connect)."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """Who stands behind an OpenID client: what the consent screen says."""

    class Field(models.TextChoices):
        CHARGING = "charging", _("charging")
        SHARING = "sharing", _("car sharing")
        INSURANCE = "insurance", _("insurance")
        OTHER = "other", _("other")

    client = models.OneToOneField(
        "allauth_idp_oidc.Client", models.PROTECT, verbose_name=_("client"), related_name="partner"
    )
    name = models.CharField(_("name"), max_length=100)
    field = models.CharField(_("field"), max_length=10, choices=Field)
    about_de = models.CharField(_("what it does (German)"), max_length=300)
    about_en = models.CharField(_("what it does (English)"), max_length=300)
    website = models.URLField(_("website"))
    privacy_url = models.URLField(_("its privacy notice"))
    contact_email = models.EmailField(_("contact"))
    created_at = models.DateTimeField(_("since"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("registered by"), related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("partner service")
        verbose_name_plural = _("partner services")

    def __str__(self) -> str:
        return self.name

    @property
    def about(self) -> str:
        return self.about_en if (translation.get_language() or "de").startswith("en") else self.about_de


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def in_force(self) -> "ConnectionQuerySet":
        return self.filter(revoked_at__isnull=True, partner__closed_at__isnull=True)

    def visible_to(self, user: Any) -> "ConnectionQuerySet":
        """One's own that are in force."""
        return self.in_force().filter(user=user)


class Connection(models.Model):
    """A person lets a partner in, for some scopes, until they revoke it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="connections"
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, verbose_name=_("partner service"), related_name="connections"
    )
    # What the partner knows the person by: another at each partner, so that they can't compare,
    # and the same again when a person comes back (OpenID Connect Core, section 8.1).
    subject = models.UUIDField(_("known there as"), default=uuid.uuid4, db_index=True)
    scopes = models.JSONField(_("allowed"), default=list)
    since = models.DateTimeField(_("since"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connected service")
        verbose_name_plural = _("connected services")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner"],
                condition=models.Q(revoked_at__isnull=True),
                name="connection_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.partner_id}"


class SpentToken(models.Model):
    """A code or refresh token that was used: seen again, somebody else has it too.

    ``chain`` names all tokens that came from one authorization code (RFC 9700, section 4.14.2).
    """

    hash = models.CharField(max_length=64, unique=True)  # SHA-256
    connection = models.ForeignKey(
        Connection, models.CASCADE, verbose_name=_("connected service"), related_name="spent_tokens"
    )
    chain = models.CharField(max_length=32)
    spent_at = models.DateTimeField(_("used"), db_index=True)

    class Meta:
        verbose_name = _("used token")
        verbose_name_plural = _("used tokens")

    def __str__(self) -> str:
        return f"{self.connection_id} {self.chain}"
