"""Cases: everything a customer wants of us that is not done by the portal itself."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> "CaseQuerySet":
        """One's own, as a customer. Staff read through accounts/desk.py, by queue."""
        return self.filter(customer=user) if user.is_authenticated else self.none()

    def open(self) -> "CaseQuerySet":
        return self.exclude(state__in=[Case.State.CLOSED, Case.State.MERGED])


class Case(models.Model):
    """One concern of one customer, with a promise by when somebody answers."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        WAITING = "waiting", _("waiting for the customer")
        CLOSED = "closed", _("closed")
        MERGED = "merged", _("merged into another")

    code = models.CharField(_("number"), max_length=16, unique=True)  # "NL-7F3K-2Q"
    queue = models.CharField(_("queue"), max_length=60)  # registered in accounts/cases.py
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
    answered_at = models.DateTimeField(_("first answered"), null=True)
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
        ]
        indexes = [
            models.Index(
                fields=["queue", "promised_by"], condition=Q(state__in=["open", "waiting"]), name="case_queue"
            ),
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
        ]

    def __str__(self) -> str:
        return self.code


class CaseMessage(models.Model):
    """Something said in a case. An internal note is never shown to the customer."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+"
    )
    internal = models.BooleanField(_("internal note"), default=False)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("when"))
    # Its pictures are documents about "accounts.casemessage" and this id.

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["case", "id"], name="case_messages")]

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
