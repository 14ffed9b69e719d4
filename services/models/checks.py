"""What a technician checks and finds."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from services.models.catalogue import ServiceType
from services.models.visits import Job


class CheckItem(models.Model):
    """One point of the check sheet of a kind of work; with a unit it is measured, else looked at."""

    service_type = models.ForeignKey(ServiceType, models.CASCADE, related_name="check_items")
    position = models.PositiveSmallIntegerField()
    text_de = models.CharField(max_length=120)
    text_en = models.CharField(max_length=120)
    unit = models.CharField(_("unit"), max_length=10, blank=True)  # "mm"
    lowest = models.DecimalField(_("from"), max_digits=8, decimal_places=2, null=True, blank=True)
    highest = models.DecimalField(_("to"), max_digits=8, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("check point")
        verbose_name_plural = _("check points")
        ordering = ["service_type", "position"]
        constraints = [
            models.UniqueConstraint(fields=["service_type", "position"], name="check_item_in_order"),
            models.CheckConstraint(
                condition=~Q(unit="") | Q(lowest__isnull=True, highest__isnull=True),
                name="check_item_limits_have_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "de").startswith("en") else self.text_de


class CheckResult(models.Model):
    """What was measured or seen at one point of a job."""

    class Verdict(models.TextChoices):
        GOOD = "good", _("in order")
        WATCH = "watch", _("watch")
        BAD = "bad", _("needs work")
        SKIPPED = "skipped", _("not applicable")

    job = models.ForeignKey(Job, models.PROTECT, related_name="check_results")
    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=7, choices=Verdict)
    value = models.DecimalField(_("value"), max_digits=8, decimal_places=2, null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()  # when it was checked, which may be before it reached us

    class Meta:
        verbose_name = _("check result")
        verbose_name_plural = _("check results")
        constraints = [models.UniqueConstraint(fields=["job", "item"], name="check_result_once")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.item_id}"


class Finding(models.Model):
    """Something that was found; may become a line of an estimate. Its pictures are documents about it."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="findings")
    item = models.ForeignKey(CheckItem, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(_("what was found"), max_length=600)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]
