"""What a person allowed, in which words, and when they took it back."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class ConsentText(models.Model):
    """One version of the words that a consent is given to. Fixed once published (trigger)."""

    purpose = models.CharField(_("purpose"), max_length=60)  # registered in accounts/consents/consents.py
    version = models.PositiveIntegerField(_("version"))
    title_de = models.CharField(_("title (German)"), max_length=120)
    title_en = models.CharField(_("title (English)"), max_length=120)
    text_de = models.TextField(_("text (German)"))
    text_en = models.TextField(_("text (English)"))
    # Whether those who agreed to the version before must be asked again.
    asks_again = models.BooleanField(_("ask everybody again"), default=True)
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="consent_text_version")]

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"

    @property
    def title(self) -> str:
        return self.title_en if (translation.get_language() or "de").startswith("en") else self.title_de

    @property
    def text(self) -> str:
        return self.text_en if (translation.get_language() or "de").startswith("en") else self.text_de


class ConsentEntryQuerySet(models.QuerySet["ConsentEntry"]):
    def visible_to(self, user: Any) -> "ConsentEntryQuerySet":
        return self.filter(user=user) if user.is_authenticated else self.none()


class ConsentEntry(models.Model):
    """Given or withdrawn: the last entry of a purpose counts. Append-only by trigger (GDPR Art. 7(1))."""

    class Way(models.TextChoices):
        PAGE = "page", _("on the website")
        API = "api", _("in the app")
        STAFF = "staff", _("told to our staff")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="consent_entries"
    )
    text = models.ForeignKey(ConsentText, models.PROTECT, verbose_name=_("text"), related_name="entries")
    purpose = models.CharField(_("purpose"), max_length=60)
    given = models.BooleanField(_("given"))
    way = models.CharField(_("how"), max_length=5, choices=Way)
    at = models.DateTimeField(_("when"))
    code = models.CharField(_("receipt"), max_length=16, unique=True)

    objects = ConsentEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["user", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return self.code
