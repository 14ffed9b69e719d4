"""Services of others that sign people in with the brand account (OpenID Connect)."""

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


class Connection(models.Model):
    """A person lets a partner in, for some scopes, until they revoke it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="connections"
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, verbose_name=_("partner service"), related_name="connections"
    )
    scopes = models.JSONField(_("allowed"), default=list)
    since = models.DateTimeField(_("since"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

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
