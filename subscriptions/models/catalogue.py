"""What one can subscribe to, in versions that never change once published."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

LONGEST_TERM = 24  # months; BGB §309 no. 9 a)
UNITS = ("swap", "kwh_difference", "kwh", "minutes", "km", "rescue", "gb")
LONGEST_NOTICE = 1  # month; BGB §309 no. 9 b) and c)


class PlanQuerySet(models.QuerySet["Plan"]):
    def on_sale(self, day: date) -> "PlanQuerySet":
        """Plans with a version in force on ``day``, each with its ``version_id``."""
        newest = PlanVersion.objects.in_force(day).filter(plan=models.OuterRef("pk"))
        return self.annotate(version_id=models.Subquery(newest.values("pk")[:1])).filter(
            version_id__isnull=False, is_offered=True
        )


class Plan(models.Model):
    """A subscription as people know it: its name stays, its price and terms come in versions."""

    class Kind(models.TextChoices):
        BATTERY = "battery", _("Battery")
        CHARGING = "charging", _("Charging")
        MOBILITY = "mobility", _("Mobility")
        CONNECTIVITY = "connectivity", _("Connectivity")
        ROADSIDE = "roadside", _("Roadside assistance")

    code = models.SlugField(_("code"), max_length=40, unique=True)  # "battery-75"
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    text_de = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    place = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_offered = models.BooleanField(_("offered"), default=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if _english() else self.name_de

    @property
    def text(self) -> str:
        return self.text_en if _english() else self.text_de

    @property
    def belongs_to_a_car(self) -> bool:
        """Charging and mobility follow the person; the others follow one car."""
        return self.kind not in (self.Kind.CHARGING, self.Kind.MOBILITY)


def _english() -> bool:
    return (translation.get_language() or "de").startswith("en")


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    def in_force(self, day: date) -> "PlanVersionQuerySet":
        """Published versions valid on ``day``, newest first."""
        return self.filter(published_at__isnull=False, valid_from__lte=day).order_by("-valid_from", "-number")


class PlanVersion(models.Model):
    """Price and terms of a plan from a day on. A trigger keeps published versions as they are.

    ``allowances`` is a list of ``{"unit", "included", "overage_cents"}``: versioned data, so
    that a new number needs no code. The database checks its keys (0003_allowances_sound).
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    price_cents = models.PositiveIntegerField(_("price, VAT included (cents)"))
    currency = models.CharField(max_length=3, default="EUR")
    period_months = models.PositiveSmallIntegerField(_("paid every … months"), default=1)
    vat_code = models.CharField(_("VAT"), max_length=8, default="standard")  # a VatRate's code
    vat_rate = models.DecimalField(_("VAT rate"), max_digits=4, decimal_places=3, default=Decimal("0.190"))
    allowances = models.JSONField(_("allowances"), default=list, blank=True)
    trial_days = models.PositiveSmallIntegerField(_("free days at the start"), default=0)
    # By the day, and at most so much in 31 days; None: no flex upgrade to this plan.
    flex_day_cents = models.PositiveIntegerField(_("flex upgrade per day (cents)"), null=True, blank=True)
    flex_cap_cents = models.PositiveIntegerField(_("flex upgrade, at most (cents)"), null=True, blank=True)
    term_months = models.PositiveSmallIntegerField(_("minimum term (months)"), default=0)
    notice_months = models.PositiveSmallIntegerField(_("notice (months)"), default=1)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.CheckConstraint(
                condition=Q(term_months__lte=LONGEST_TERM), name="plan_version_term_bgb_309_9a"
            ),
            models.CheckConstraint(
                condition=Q(notice_months__lte=LONGEST_NOTICE), name="plan_version_notice_bgb_309_9c"
            ),
            models.CheckConstraint(condition=Q(period_months__in=[1, 12]), name="plan_version_period_known"),
            models.CheckConstraint(
                condition=Q(vat_rate__gte=0, vat_rate__lt=1), name="plan_version_vat_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} ({self.number})"
