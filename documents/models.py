"""Photos, papers and PDFs of every app, and what was signed on a screen."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.errors import REFUSALS

RECEIVED = "documents/received"
ENDINGS = {
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/json": ".json",
    "text/csv": ".csv",
    "application/xml": ".xml",
}


def received_name(document: "Document", filename: str) -> str:
    """Where an upload waits for its check: a name that says nothing."""
    return f"{RECEIVED}/{secrets.token_urlsafe(16)}"


def kept_name(document: "Document", filename: str) -> str:
    """Where a checked file lies: named by its content (SHA-256)."""
    return f"documents/kept/{document.sha256[:2]}/{document.sha256}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def not_erased(self) -> "DocumentQuerySet":
        return self.exclude(state=Document.State.ERASED)

    def ready(self) -> "DocumentQuerySet":
        return self.filter(state=Document.State.READY)

    def about(self, thing: models.Model) -> "DocumentQuerySet":
        """What belongs to this thing and was not erased, oldest first."""
        same = self.filter(about_kind=thing._meta.label_lower, about_id=thing.pk)
        return same.exclude(state=Document.State.ERASED).order_by("pk")

    def unattached(self, user: Any) -> "DocumentQuerySet":
        """This person's uploads that belong to nothing yet; None stands for all guests."""
        return self.not_erased().filter(uploaded_by=user, about_kind="")


class Document(models.Model):
    """One file. Its kind says who may read it, how large it may be and how long it is kept.

    Uploads are drawn anew by a worker before anybody sees them; what the house itself made
    (a PDF, an export) is ready at once. The same content is stored once.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        READY = "ready", _("ready")
        REFUSED = "refused", _("refused")
        ERASED = "erased", _("erased")

    kind = models.CharField(_("kind"), max_length=60)  # registered in documents/registry.py
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.CHECKING)
    refusal = models.CharField(_("why it was refused"), max_length=60, blank=True)  # a code
    # What it belongs to ("accounts.casemessage", 17): rights and erasure follow it.
    about_kind = models.CharField(_("belongs to"), max_length=60, blank=True)
    about_id = models.BigIntegerField(_("number"), null=True)
    # Whose data it is; the export of this person contains it.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("person"),
        null=True,
        related_name="documents",
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("uploaded by"), null=True, related_name="+"
    )
    name = models.CharField(_("file name"), max_length=160, blank=True)
    received = models.FileField(upload_to=received_name, blank=True)
    file = models.FileField(upload_to=kept_name, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    media_type = models.CharField(_("type"), max_length=60, blank=True)
    size = models.PositiveBigIntegerField(_("size (bytes)"), default=0)
    width = models.PositiveIntegerField(_("width (pixels)"), null=True)
    height = models.PositiveIntegerField(_("height (pixels)"), null=True)
    created_at = models.DateTimeField(_("created"))
    ready_at = models.DateTimeField(_("ready"), null=True)
    keep_until = models.DateField(_("kept until"), null=True)  # Berlin day; null follows what it belongs to
    erased_at = models.DateTimeField(_("erased"), null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(file="") & ~Q(sha256="")), name="document_ready_has_file"
            ),
            models.CheckConstraint(
                condition=~Q(state="erased") | Q(file="", received="", name="", erased_at__isnull=False),
                name="document_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (~Q(refusal="") & Q(file="", received="")),
                name="document_refused_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="checking") | (~Q(received="") & Q(file="")),
                name="document_checking_has_upload",
            ),
            models.CheckConstraint(
                condition=Q(about_kind="", about_id__isnull=True)
                | (~Q(about_kind="") & Q(about_id__isnull=False)),
                name="document_about_whole",
            ),
        ]
        indexes = [models.Index(fields=["about_kind", "about_id"], name="document_about")]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.pk}"

    @property
    def is_checking(self) -> bool:
        return self.state == self.State.CHECKING

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def refusal_words(self) -> str:
        """Why it was refused, in the reader's language; empty while it was not."""
        return str(REFUSALS.get(self.refusal, "")) if self.refusal else ""

    @property
    def file_name(self) -> str:
        """What it is called on the reader's disk: its name with the ending of what it is."""
        return f"{self.name or self.pk}{ENDINGS.get(self.media_type, '')}"


class Signature(models.Model):
    """A name drawn on a screen under a fixed text or paper, with its evidence (eIDAS Art. 3 no. 10).

    A simple electronic signature. Append-only by trigger.
    """

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("paper"), related_name="signatures")
    sha256 = models.CharField(max_length=64)  # of the paper as it was shown
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), null=True, related_name="+"
    )
    signer_name = models.CharField(_("name in print"), max_length=120)
    witnessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("in front of"), null=True, related_name="+"
    )
    # [[[x, y, ms], …], …]: strokes in thousandths of the field, with milliseconds since the first touch.
    strokes = models.JSONField(default=list)
    device = models.CharField(_("device"), max_length=200, blank=True)
    # The paper that shows it: made with it, for whoever keeps paper.
    sheet = models.OneToOneField(
        Document, models.PROTECT, verbose_name=_("signature sheet"), null=True, related_name="signature_shown"
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")

    def __str__(self) -> str:
        return f"{self.document_id} {self.signer_name}"
