"""What happened, who has yet to react to it, and what has yet to leave the house."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.Model):
    """The thing that events are about, and the counter that puts them in order."""

    kind = models.CharField(max_length=60)  # "vehicles.vehicle"
    object_id = models.BigIntegerField()
    last_sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="journal_subject_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Event(models.Model):
    """One thing that happened. Append-only by trigger; ``data`` holds ids, codes, amounts."""

    kind = models.CharField(max_length=80, db_index=True)  # "services.appointment_booked"
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="events")
    sequence = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["subject", "sequence"], name="journal_event_order")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class EventAudience(models.Model):
    """Whose account an event concerns: the owner's page of what happened reads this."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="audience")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="journal_audience_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event_id}"


class Work(models.Model):
    """What reactions and outbox entries share: tries, back-off, parking."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        PARKED = "parked", _("parked")

    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True


class ReactionRun(Work):
    """One reaction's duty to one event, inserted with the event."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="reactions")
    reaction = models.CharField(max_length=120)  # "services.reactions.tell_owner"

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="journal_reaction_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="journal_reaction_open")
        ]

    def __str__(self) -> str:
        return f"{self.reaction} ← {self.event_id}"


class OutboxEntry(Work):
    """Something to leave the house (mail, push, webhook) under a stable id."""

    channel = models.CharField(max_length=40)
    stable_id = models.CharField(max_length=200)
    payload = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = [
            models.UniqueConstraint(fields=["channel", "stable_id"], name="journal_outbox_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="journal_outbox_open")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.stable_id}"
