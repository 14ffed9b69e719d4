"""What a person was told, and how they want to be told."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> "NoticeQuerySet":
        return self.filter(user=user) if user.is_authenticated else self.none()


class Notice(models.Model):
    """Something a person was told, in their inbox. Words come from the kind at reading time."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="notices"
    )
    kind = models.CharField(_("kind"), max_length=80)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    event_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("told"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)
    # Its mail waits for the reader's next collected one.
    mail_waits = models.BooleanField(default=False, db_default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "event_id"], name="notice_once_per_event"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_inbox"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["user", "id"], condition=models.Q(mail_waits=True), name="notice_mail_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class NoticePreference(models.Model):
    """A person's wish for one group of notices on one channel; without a row the group's default holds."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        PUSH = "push", _("push")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="notice_preferences"
    )
    group = models.CharField(_("group"), max_length=40)  # registered in accounts/telling/inbox.py
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    wanted = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        constraints = [
            models.UniqueConstraint(fields=["user", "group", "channel"], name="notice_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.group} {self.channel}"


class NoticeTimes(models.Model):
    """When a person wants to be disturbed: times of day in their own zone."""

    class Digest(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="notice_times"
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest = models.CharField(_("e-mail"), max_length=7, choices=Digest, default=Digest.AT_ONCE)

    class Meta:
        verbose_name = _("times for notices")
        verbose_name_plural = _("times for notices")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.digest}"


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def visible_to(self, user: Any) -> "PushSubscriptionQuerySet":
        return self.filter(user=user) if user.is_authenticated else self.none()


class PushSubscription(models.Model):
    """A browser that takes web push (RFC 8030, RFC 8291), as long as its person is signed in there."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("person"), related_name="push_subscriptions"
    )
    endpoint = models.URLField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    device = models.CharField(_("device"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, blank=True)
    session_key = models.CharField(max_length=40, blank=True)  # the sign-in that it was made in
    created_at = models.DateTimeField(_("since"))

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"


class MailBlock(models.Model):
    """An address that refuses our mail for good; nothing is sent there until its person mends it."""

    email = models.EmailField(_("e-mail"), unique=True)
    reason = models.CharField(_("reason"), max_length=300)  # the mail server's words
    at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("blocked address")
        verbose_name_plural = _("blocked addresses")

    def __str__(self) -> str:
        return self.email
