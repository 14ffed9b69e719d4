"""What happened, who has yet to react to it, and what has yet to leave the house."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal import kinds


class Subject(models.Model):
    """The thing that events are about, and the counter that puts them in order.

    Not a foreign key: what happened outlives the thing it happened to.
    """

    kind = models.CharField(max_length=60)  # "vehicles.vehicle"
    object_id = models.BigIntegerField()
    last_sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="journal_subject_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class EventQuerySet(models.QuerySet["Event"]):
    def concerning(self, user: Any) -> "EventQuerySet":
        """What happened with this person's account."""
        return self.filter(audience__user=user)


class Event(models.Model):
    """One thing that happened. Append-only by trigger; ``data`` holds ids, codes, amounts."""

    kind = models.CharField(_("kind"), max_length=80, db_index=True)  # "services.appointment_booked"
    subject = models.ForeignKey(
        Subject, models.PROTECT, related_name="events", verbose_name=pgettext_lazy("journal", "about")
    )
    sequence = models.BigIntegerField(_("number"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("journal", "by"),
    )
    data = models.JSONField(default=dict)
    at = models.DateTimeField(pgettext_lazy("journal", "when"), db_index=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["subject", "sequence"], name="journal_event_order")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def label(self) -> Any:
        """What this kind of event is called, in the reader's language."""
        known = kinds.all_kinds().get(self.kind)
        return known.label if known else self.kind


class EventAudience(models.Model):
    """Whose account an event concerns: the owner's page of what happened reads this."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="audience")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="journal_audience_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event_id}"


class WorkQuerySet(models.QuerySet[Any]):
    def parked(self) -> "WorkQuerySet":
        """What was given up and waits for a person."""
        return self.filter(state=Work.State.PARKED)


class Work(models.Model):
    """What reactions and outbox entries share: tries, back-off, parking."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        PARKED = "parked", _("parked")

    state = models.CharField(_("state"), max_length=6, choices=State, default=State.OPEN)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"))
    done_at = models.DateTimeField(_("done at"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True


class ReactionRun(Work):
    """One reaction's duty to one event, inserted with the event."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="reactions", verbose_name=_("event"))
    reaction = models.CharField(_("reaction"), max_length=120)  # "services.reactions.tell_owner"

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="journal_reaction_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="journal_reaction_open"),
            models.Index(fields=["event"], condition=~models.Q(state="done"), name="journal_reaction_undone"),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} ← {self.event_id}"


class OutboxEntry(Work):
    """Something to leave the house (mail, push, webhook) under a stable id."""

    channel = models.CharField(_("channel"), max_length=40)
    stable_id = models.CharField(_("stable id"), max_length=200)
    payload = models.JSONField()
    created_at = models.DateTimeField(_("created at"))

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
