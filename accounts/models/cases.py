"""Cases: everything a customer wants of us that is not done by the portal itself."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> "CaseQuerySet":
        """One's own, as a customer. Staff read through accounts/cases/desk.py, by queue."""
        return self.filter(customer=user) if user.is_authenticated else self.none()

    def open(self) -> "CaseQuerySet":
        return self.filter(state__in=[Case.State.OPEN, Case.State.WAITING])

    def unmerged(self) -> "CaseQuerySet":
        """What went into another case is read there."""
        return self.exclude(state=Case.State.MERGED)


class Case(models.Model):
    """One concern of one customer, with a promise by when somebody answers."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        WAITING = "waiting", _("waiting for the customer")
        CLOSED = "closed", _("closed")
        MERGED = "merged", _("merged into another")

    class CallTime(models.TextChoices):
        """When a call suits, by Berlin's clock."""

        SOON = "soon", _("as soon as possible")
        MORNING = "morning", _("in the morning (8 a.m. to noon)")
        AFTERNOON = "afternoon", _("in the afternoon (noon to 4 p.m.)")
        EVENING = "evening", _("towards the evening (4 to 6 p.m.)")

    code = models.CharField(_("number"), max_length=16, unique=True)  # "NL-7F3K-2Q"
    queue = models.CharField(_("queue"), max_length=60)  # registered in accounts/cases/cases.py
    # Where the concern belongs, if to a place ("services.centre", 3): its staff see it.
    scope_kind = models.CharField(_("kind of place"), max_length=60, blank=True)
    scope_id = models.BigIntegerField(_("place"), null=True)
    title = models.CharField(_("concern"), max_length=160)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("customer"), null=True, related_name="cases"
    )
    # How to reach a customer whom we do not know (yet).
    contact_name = models.CharField(_("name"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    call_time = models.CharField(_("call back"), max_length=9, choices=CallTime, blank=True)  # empty: no call
    language = models.CharField(_("language"), max_length=2, blank=True)  # of a guest's mails
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("looked after by"),
        null=True,
        related_name="assigned_cases",
    )
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.OPEN)
    # The clock that staff and customer both see; it stands still while we wait for the customer.
    promised_by = models.DateTimeField(_("answer promised by"))
    # While it stands still: the opening time that was left, see accounts/cases/opening.py.
    left_seconds = models.PositiveIntegerField(_("opening time left (seconds)"), null=True)
    reminded_at = models.DateTimeField(_("reminded of this promise"), null=True)
    answered_at = models.DateTimeField(_("first answered"), null=True)
    # The customer wrote, and no colleague has dealt with the case since.
    has_news = models.BooleanField(_("new from the customer"), default=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened by"), null=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("merged into"), null=True, related_name="merged_cases"
    )
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="case_merged_whole",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_into_itself"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed"),
                name="case_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", left_seconds__isnull=False)
                | (~Q(state="waiting") & Q(left_seconds__isnull=True)),
                name="case_clock_stands_while_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "promised_by"], condition=Q(state__in=["open", "waiting"]), name="case_queue"
            ),
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="case_title_words"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def reach_name(self) -> str:
        """Whose concern it is, in words; "" for a nameless guest."""
        return self.contact_name or (str(self.customer) if self.customer else "")

    @property
    def reach_email(self) -> str:
        """Where mail about it goes, or ""."""
        return self.contact_email or ((self.customer.email or "") if self.customer else "")

    @property
    def reach_phone(self) -> str:
        """The number given for it, else the customer's, or ""."""
        return self.contact_phone or (self.customer.phone if self.customer else "")


class CaseMessageQuerySet(models.QuerySet["CaseMessage"]):
    def for_customer(self) -> "CaseMessageQuerySet":
        """What the customer reads: never an internal note."""
        return self.filter(internal=False)

    def in_order(self) -> "CaseMessageQuerySet":
        """As spoken; a merged case brings its messages to where they belong in time."""
        return self.select_related("author").order_by("at", "id")


class CaseMessage(models.Model):
    """Something said in a case. An internal note is never shown to the customer."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message")
        SUMMARY = "summary", _("summary at closing")
        HAND_OVER = "hand_over", _("reason of a hand-over")

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.MESSAGE)
    # Also for guests, who are nobody's row: their messages have no author.
    from_customer = models.BooleanField(_("by the customer"), default=False)
    internal = models.BooleanField(_("internal note"), default=False)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("when"))
    # Message-ID of the mail it came by, so that a mail delivered twice is one message.
    mail_id = models.CharField(max_length=250, unique=True, null=True)  # noqa: DJ001 (unique)
    # Its pictures are documents about "accounts.casemessage" and this id.

    objects = CaseMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=~Q(internal=True, from_customer=True), name="case_note_is_not_the_customers"
            ),
            models.CheckConstraint(
                condition=~Q(kind="hand_over") | Q(internal=True), name="case_hand_over_is_internal"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="case_messages"),
            GinIndex(OpClass(Upper("text"), name="gin_trgm_ops"), name="case_message_words"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.pk}"


class CaseLink(models.Model):
    """Something the case is about: a car, a contract, a visit, a post."""

    case = models.ForeignKey(Case, models.CASCADE, verbose_name=_("case"), related_name="links")
    kind = models.CharField(_("kind"), max_length=60)  # "vehicles.vehicle"
    object_id = models.BigIntegerField(_("number"))

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [models.UniqueConstraint(fields=["case", "kind", "object_id"], name="case_link_once")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.kind} {self.object_id}"
