"""Checking what was received: drawn anew in a child process, kept by its content, the original gone."""

import hashlib
import json
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from documents import contents, live, registry
from documents.errors import UploadRefused
from documents.models import Document
from journal import log

CHILD = Path(__file__).with_name("redrawing.py")
SECONDS = 40  # by the clock; the child also limits its own processor time and memory


class Fresh(NamedTuple):
    content: bytes
    media_type: str
    width: int | None
    height: int | None


def check_document(*, document_id: int, now: datetime) -> None:
    """Draw one upload anew, or refuse it with a reason. Doing it again changes nothing.

    What can be done again (storage away, worker killed) raises and leaves the document waiting.
    Nothing is locked while it is drawn: who attaches or erases it meanwhile does not wait.
    """
    with transaction.atomic():
        document = Document.objects.get(pk=document_id)
        if document.state != Document.State.CHECKING:
            return
        drawn = _outcome(document)
        held = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
        if held.state != Document.State.CHECKING:
            return
        if isinstance(drawn, Fresh):
            _keep(held, drawn, now)
        else:
            _refuse(held, drawn.code, now)
        live.tell(held)


def _outcome(document: Document) -> "Fresh | UploadRefused":
    longest_side = registry.kind_named(document.kind).longest_side
    try:
        with contents.storage().open(str(document.received), "rb") as stream:
            original = stream.read()
        return draw_anew(original, media_type=document.media_type, longest_side=longest_side)
    except UploadRefused as refusal:
        return refusal
    except FileNotFoundError:
        if Document.objects.filter(pk=document.pk, state=Document.State.CHECKING).exists():
            raise
        return UploadRefused("file_damaged")  # erased meanwhile: nobody will read this


def draw_anew(original: bytes, *, media_type: str, longest_side: int) -> Fresh:
    """The file as a child process draws it. Raises UploadRefused, also when the child had to be ended."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as drawn:
        given.write(original)
        given.seek(0)
        try:
            # -I and no environment: the child knows no secret it could lose.
            ended = subprocess.run(  # noqa: S603 - our own file, fixed arguments, no shell
                [sys.executable, "-I", str(CHILD), media_type, str(longest_side)],
                stdin=given,
                stdout=drawn,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UploadRefused("file_too_complex") from error
        if ended.returncode != 0:
            raise UploadRefused("file_too_complex")
        drawn.seek(0)
        answer = json.loads(drawn.readline())
        if "refused" in answer:
            raise UploadRefused(answer["refused"])
        return Fresh(drawn.read(), answer["media_type"], answer.get("width"), answer.get("height"))


def _keep(document: Document, fresh: Fresh, now: datetime) -> None:
    contents.forget_received(document)
    document.sha256 = hashlib.sha256(fresh.content).hexdigest()
    document.file = contents.keep(document.sha256, fresh.content)
    document.media_type, document.size = fresh.media_type, len(fresh.content)
    document.width, document.height = fresh.width, fresh.height
    document.state, document.ready_at = Document.State.READY, now
    document.save()
    log.record("documents.ready", by=None, subject=document, data={"kind": document.kind}, at=now)


def _refuse(document: Document, reason: str, now: datetime) -> None:
    contents.forget_received(document)
    document.state, document.refusal = Document.State.REFUSED, reason
    document.save()
    data = {"kind": document.kind, "reason": reason}
    log.record("documents.refused", by=None, subject=document, data=data, at=now)
