"""Getting one's data, leaving, and how long things are kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=["waiting", "building"]), name="export_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"


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
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(cancelled_at__isnull=True, done_at__isnull=True),
                name="erasure_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.due_at:%Y-%m-%d}"


class KeptRecord(models.Model):
    """What the law wants kept of a person who left: locked, and erased when its time is over."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="kept_records"
    )
    part = models.CharField(_("part"), max_length=60)  # registered in accounts/privacy.py
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

    name = models.CharField(_("what"), max_length=60, unique=True)  # registered in accounts/retention.py
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
