"""The brand that runs this house: its name and look, its legal texts, what it imported."""

from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

COLOUR = RegexValidator(r"^#[0-9a-f]{6}$", _("A colour reads like #0b6e6e."))
# ISO weekdays. Clocks change between 2 and 3 a.m.: a desk that opens later never meets it.
WEEKDAYS, WORKDAYS = [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5]
DESK_OPENS, DESK_CLOSES, DESK_EARLIEST = time(8), time(18), time(5)


def workdays() -> list[int]:
    """Monday to Friday."""
    return [*WORKDAYS]


class Brand(models.Model):
    """One row: what the settings' BRAND is to a house that has not been set up."""

    only = models.BooleanField(default=True, editable=False, unique=True)
    name = models.CharField(_("name"), max_length=60)
    legal_name = models.CharField(_("company"), max_length=120, blank=True)
    logo = models.ForeignKey(
        "documents.Document", models.SET_NULL, verbose_name=_("logo"), null=True, blank=True, related_name="+"
    )
    colour_light = models.CharField(_("colour, light"), max_length=7, blank=True, validators=[COLOUR])
    colour_dark = models.CharField(_("colour, dark"), max_length=7, blank=True, validators=[COLOUR])
    # Imprint (DDG §5).
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    town = models.CharField(_("town"), max_length=80, blank=True)
    represented_by = models.CharField(_("represented by"), max_length=160, blank=True)
    register = models.CharField(_("register and number"), max_length=120, blank=True)
    vat_id = models.CharField(_("VAT id"), max_length=14, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    # When requests are answered (Berlin's clock): accounts/cases/opening.py counts promises in it.
    desk_days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("open on"), default=workdays)
    desk_opens = models.TimeField(_("opens"), default=DESK_OPENS)
    desk_closes = models.TimeField(_("closes"), default=DESK_CLOSES)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brand")
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="brand_one_row"),
            models.CheckConstraint(
                condition=Q(desk_opens__gte=DESK_EARLIEST, desk_closes__gt=F("desk_opens")),
                name="brand_desk_hours",
            ),
            models.CheckConstraint(
                condition=Q(desk_days__len__gte=1, desk_days__contained_by=WEEKDAYS), name="brand_desk_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LegalText(models.Model):
    """One version of a legal page. Fixed once published (trigger): what was in force stays provable."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", _("Privacy")
        TERMS = "terms", _("Terms and conditions")
        ACCESSIBILITY = "accessibility", _("Accessibility statement")  # BFSG §14
        COMMUNITY = "community", _("Rules of the community")  # DSA Art. 14
        CONTACT_POINTS = "contact-points", _("Contact points")  # DSA Art. 11, 12
        DISPUTES = "disputes", _("Consumer disputes")  # VSBG §36

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    version = models.PositiveIntegerField(_("version"))
    text_de = models.TextField(_("text (German, Markdown)"))
    text_en = models.TextField(_("text (English, Markdown)"))
    valid_from = models.DateField(_("valid from"))  # Berlin day
    published_at = models.DateTimeField(_("published"), null=True)  # null is a draft
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="legal_text_version"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(published_at__isnull=True), name="legal_text_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"

    @property
    def text(self) -> str:
        return self.text_en if (translation.get_language() or "de").startswith("en") else self.text_de


class ImportRun(models.Model):
    """A CSV file on its way in: checked as a whole first, then written with progress."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        WRITING = "writing", _("being written")
        DONE = "done", _("done")
        FAILED = "failed", _("refused")

    kind = models.CharField(_("what"), max_length=60)  # registered in accounts/house/imports.py
    document = models.ForeignKey("documents.Document", models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)  # of the stage at hand
    rows_bad = models.PositiveIntegerField(_("rows with errors"), default=0)
    # How the file is to be read: {"encoding": "utf-8-sig", "delimiter": ";", "columns": ["email", …]}.
    shape = models.JSONField(default=dict)
    # [{"line": 14, "column": "vin", "message": "…"}]: at most the first 1,000.
    errors = models.JSONField(default=list)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("started by"), related_name="+"
    )
    started_at = models.DateTimeField(_("started"))
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
