"""Taking files in: a first look at once, the rest by a worker, and what they belong to."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core.files import File
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from documents import headers, registry
from documents.errors import AlreadyAttached, TooManyUploads
from documents.models import Document
from journal import log

NAME_LENGTH = 120  # characters; leaves room for the ending
UNATTACHED_FOR = timedelta(days=1)
MOST_UNATTACHED = 100  # per person
MOST_WAITING = 30  # for their check, per person


def receive_upload(
    *,
    by: Any,
    kind: str,
    upload: File,
    name: str = "",
    about: models.Model | None = None,
    owner: Any | None = None,
    now: datetime,
) -> Document:
    """Take a file in; a worker draws it anew before anybody but its uploader learns of it.

    ``name`` is what its sender calls it (by default the upload's own name); ``about`` is what it
    belongs to: without, ``attach`` must follow within a day; ``owner`` is whose data it is, by
    default the uploader. ``by`` None is a guest, for kinds that guests send. Raises UploadRefused
    with one of errors.REFUSALS, TooManyUploads.
    """
    terms = registry.kind_named(kind)
    size = upload.size or 0
    if by is None and not terms.from_guests:
        raise ValueError(f"{kind} is not taken from guests")
    header = headers.look_at(upload, size=size, kind=terms)
    _require_room(by, kind, attached=about is not None)
    with transaction.atomic():
        document = Document(
            kind=kind,
            owner=owner or by,
            uploaded_by=by,
            name=plain_name(name or upload.name or ""),
            media_type=header.media_type,
            size=size,
            width=header.width,
            height=header.height,
            created_at=now,
            keep_until=last_day(terms, now),
            **belonging_to(about),
        )
        document.received.save("", upload, save=False)
        document.save(force_insert=True)
        log.record("documents.received", by=by, subject=document, data={"kind": kind}, at=now)
    return document


def _require_room(by: Any, kind: str, *, attached: bool) -> None:
    """One person neither fills the house nor keeps the workers of all others busy.

    Nobody can tell guests apart: they share the room of one person for each kind.
    """
    same = Q() if by is not None else Q(kind=kind)
    waiting = Document.objects.filter(same, uploaded_by=by, state=Document.State.CHECKING)
    if waiting.count() >= MOST_WAITING:
        raise TooManyUploads(waiting=True)
    if not attached and Document.objects.unattached(by).filter(same).count() >= MOST_UNATTACHED:
        raise TooManyUploads(waiting=False)


def attach(*, document: Document, about: models.Model) -> None:
    """Say what an upload belongs to. Raises AlreadyAttached when that is something else already."""
    belongs = belonging_to(about)
    changed = Document.objects.filter(pk=document.pk, about_kind="").exclude(state=Document.State.ERASED)
    if not changed.update(**belongs) and not Document.objects.filter(pk=document.pk, **belongs).exists():
        raise AlreadyAttached
    document.about_kind, document.about_id = belongs["about_kind"], belongs["about_id"]


def belonging_to(about: models.Model | None) -> dict[str, Any]:
    """The columns that point at what a document belongs to."""
    if about is None:
        return {"about_kind": "", "about_id": None}
    return {"about_kind": about._meta.label_lower, "about_id": about.pk}


def last_day(kind: registry.DocumentKind, now: datetime) -> Any:
    """Until which Berlin day a document of this kind is kept; None follows what it belongs to."""
    return timezone.localdate(now + kind.keep) if kind.keep else None


def plain_name(name: str) -> str:
    """The last part of a path without its ending and without what does not print."""
    last = PurePosixPath(name.replace("\\", "/")).name
    stem = PurePosixPath(last).stem if "." in last.strip(".") else last
    printable = "".join(c for c in stem if c.isprintable() and c not in '"<>|:*?')
    return " ".join(printable.split())[:NAME_LENGTH]
