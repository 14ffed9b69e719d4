"""Erasing documents: the row stays as a shell, the content goes with the last one that has it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from documents import contents, live
from documents.models import Document
from journal import log


def erase_document(*, document: Document, now: datetime, by: Any | None = None) -> None:
    """Nobody reads it from now on; a worker deletes the content soon. Doing it again changes nothing.

    A document that was signed is erased like any other: who may not erase it yet says so before.
    """
    with transaction.atomic():
        held = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if held.state == Document.State.ERASED:
            return
        contents.forget_received(held)
        held.state, held.erased_at = Document.State.ERASED, now
        held.file, held.name = "", ""
        held.width = held.height = None
        held.save()
        log.record("documents.erased", by=by, subject=held, data={"kind": held.kind}, at=now)
        live.tell(held)
    document.refresh_from_db()


def erase_all(*, documents: Iterable[Document], now: datetime, by: Any | None = None) -> int:
    count = 0
    for document in documents:
        erase_document(document=document, now=now, by=by)
        count += 1
    return count


def drop_content(*, document_id: int) -> None:
    """After an erasure: delete the content unless another document has the same; forget its hash."""
    with transaction.atomic():
        document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
        if document.state == Document.State.ERASED and document.sha256:
            contents.drop_if_unused(document.sha256)
            document.sha256 = ""
            document.save(update_fields=["sha256"])
