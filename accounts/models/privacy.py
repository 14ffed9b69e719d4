"""Getting one's data, leaving, and how long things are kept."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: Any) -> "ExportQuerySet":
        return self.filter(user=user) if user.is_authenticated else self.none()


class Export(models.Model):
    """A copy of all of a person's data (GDPR Art. 15 and 20), built in the background."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        BUILDING = "building", _("being built")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="exports"
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    parts_done = models.PositiveSmallIntegerField(default=0)
    parts_total = models.PositiveSmallIntegerField(default=0)
    document = models.ForeignKey("documents.Document", models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested"))
    ready_at = models.DateTimeField(_("ready"), null=True)
    expires_at = models.DateTimeField(_("downloadable until"), null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=["waiting", "building"]), name="export_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, expires_at__isnull=False),
                name="export_ready_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.BUILDING)


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def open(self) -> "ErasureQuerySet":
        """Planned, neither cancelled nor carried out."""
        return self.filter(cancelled_at__isnull=True, done_at__isnull=True)


class Erasure(models.Model):
    """A person leaves (GDPR Art. 17): planned, cancellable until it is due, then carried out."""

    class Reason(models.TextChoices):
        ASKED = "asked", _("asked for")
        INACTIVE = "inactive", _("inactive")
        STAFF = "staff", _("asked for through our staff")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="erasures"
    )
    reason = models.CharField(_("reason"), max_length=8, choices=Reason, default=Reason.ASKED)
    requested_at = models.DateTimeField(_("requested"))
    due_at = models.DateTimeField(_("due"))
    reminded_at = models.DateTimeField(_("reminded"), null=True)  # shortly before, of an inactive account
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    # Names of the parts (accounts/privacy/parts.py) that were erased: what a killed worker goes on after.
    parts_done = models.JSONField(default=list)
    done_at = models.DateTimeField(_("done"), null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(cancelled_at__isnull=True, done_at__isnull=True),
                name="erasure_one_open",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(done_at__isnull=True),
                name="erasure_cancelled_or_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.due_at:%Y-%m-%d}"


class KeptRecord(models.Model):
    """What the law wants kept of a person who left: locked, and erased when its time is over."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="kept_records"
    )
    part = models.CharField(_("part"), max_length=60)  # registered in accounts/privacy/parts.py
    basis = models.CharField(_("legal basis"), max_length=120)  # "AO §147"
    until = models.DateField(_("kept until"))
    # The name and address that the kept papers belong to; readable with accounts.see_locked only.
    content = models.JSONField(_("content"), default=dict)
    erased_at = models.DateTimeField(_("erased"), null=True)

    class Meta:
        verbose_name = _("kept record")
        verbose_name_plural = _("kept records")
        constraints = [models.UniqueConstraint(fields=["user", "part"], name="kept_record_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.part}"


class RetentionRule(models.Model):
    """How long a kind of record is kept: data, so that a house can answer for its own."""

    name = models.CharField(
        _("what"), max_length=60, unique=True
    )  # registered in accounts/privacy/retention.py
    days = models.PositiveIntegerField(_("days"))
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("changed by"), null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")

    def __str__(self) -> str:
        return f"{self.name}: {self.days}"


class RetentionRun(models.Model):
    """When a rule was last carried out, and how much went."""

    name = models.CharField(_("what"), max_length=60, unique=True)  # as RetentionRule.name
    ran_at = models.DateTimeField(_("last run"))
    erased = models.PositiveIntegerField(_("erased then"), default=0)
    erased_ever = models.PositiveBigIntegerField(_("erased in all"), default=0)

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")

    def __str__(self) -> str:
        return f"{self.name} {self.ran_at:%Y-%m-%d}"
