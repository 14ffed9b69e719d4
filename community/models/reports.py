"""Notices of content that should not be there."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models.categories import may_moderate
from community.models.topics import Post

if TYPE_CHECKING:
    from community.models.categories import Reader


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: "Reader") -> "ReportQuerySet":
        return self if may_moderate(user) else self.none()

    def open(self) -> "ReportQuerySet":
        return self.filter(decided_at__isnull=True)


class Report(models.Model):
    """A notice of illegal or rule-breaking content, by anyone (DSA Art. 16)."""

    class Reason(models.TextChoices):
        ILLEGAL = "illegal", _("It breaks the law")
        INSULT = "insult", _("It insults or threatens somebody")
        PRIVACY = "privacy", _("It shows somebody's private data")
        DANGER = "danger", _("It recommends something dangerous")
        SPAM = "spam", _("It is advertising or spam")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        NO_ACTION = "no_action", _("The post stays")
        HIDDEN = "hidden", _("The post is hidden")
        LOCKED = "locked", _("The topic is locked")

    code = models.CharField(_("receipt"), max_length=16, unique=True)
    post = models.ForeignKey(Post, models.PROTECT, related_name="reports")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    notifier_name = models.CharField(_("your name"), max_length=120, blank=True)
    notifier_email = models.EmailField(_("your e-mail"), blank=True)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    explanation = models.TextField(_("explanation"))
    law = models.CharField(_("law, if known"), max_length=160, blank=True)
    good_faith = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, blank=True)
    statement = models.TextField(_("statement"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(condition=Q(good_faith=True), name="report_in_good_faith"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, outcome="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(outcome="") & ~Q(statement="")),
                name="report_decided_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(decided_at__isnull=True), name="report_queue"),
        ]

    def __str__(self) -> str:
        return self.code
