"""What happens while a car is with us: steps, promises, messages, thanks."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from services.models.visits import Appointment


class StatusChange(models.Model):
    """A visit took a step: append-only, so that the timeline never changes behind us."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="status_changes")
    status = models.CharField(max_length=16, choices=Appointment.Status)
    note = models.CharField(_("note for the customer"), max_length=300, blank=True)
    # While waiting for parts: which, and the civil day at the centre on which they are expected.
    parts = models.CharField(_("parts"), max_length=200, blank=True)
    parts_expected_on = models.DateField(_("expected on"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a visit")
        verbose_name_plural = _("steps of visits")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting_parts") | Q(parts="", parts_expected_on__isnull=True),
                name="status_change_parts_when_waiting",
            ),
        ]
        indexes = [models.Index(fields=["appointment", "at"], name="status_change_of_visit")]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.status}"


class PromiseChange(models.Model):
    """The car was promised for ``promised_at``; the earlier promises stay visible with their reason."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="promise_changes")
    promised_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # empty for the first
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["appointment", "at"], name="promise_change_of_visit")]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.promised_at}"


class VisitMessage(models.Model):
    """Said between the customer and the workshop about one visit."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    from_customer = models.BooleanField()
    text = models.TextField(_("text"), max_length=2000)
    at = models.DateTimeField()
    # Read by the other side; unread ones count on the board and on the visit's page.
    read_at = models.DateTimeField(null=True)
    # Its pictures are documents about "services.visitmessage" and this id.

    class Meta:
        verbose_name = _("message of a visit")
        verbose_name_plural = _("messages of visits")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["appointment", "at"], name="visit_message_of_visit"),
            models.Index(
                fields=["appointment"], condition=Q(read_at__isnull=True), name="visit_message_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} #{self.pk}"


class Thanks(models.Model):
    """A customer's thank-you to those who worked on the car."""

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(_("text"), max_length=600, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("thank-you")
        verbose_name_plural = _("thank-yous")

    def __str__(self) -> str:
        return f"{self.appointment_id}"


class CalendarFeed(models.Model):
    """A person's calendar address. The token is signed from this row: a higher ``serial`` ends old ones."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    serial = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.user_id}"
