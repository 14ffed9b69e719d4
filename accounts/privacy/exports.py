"""Copies of one's own data (GDPR Art. 15 and 20): asked for, built in the background, fetched.

Building runs between transactions (the outbox carries it), so that its progress is seen while
it goes. A worker that is killed leaves no half file; the next try begins again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import Any

import structlog
from django.core.files import File
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Export, User
from accounts.privacy import export_writing, retention
from accounts.privacy import parts as privacy
from accounts.telling import mail
from common import realtime
from common.errors import Conflict, NotFound
from documents import erasing, papers
from documents.models import Document
from journal import log, outbox

logger = structlog.get_logger(__name__)

CHANNEL = "accounts-export"
KIND = "accounts.export"
RULE = "accounts.exports"
GIVEN_UP_AFTER = timedelta(days=1)
LOOK_AGAIN = timedelta(seconds=60)
UNDER_WAY = [Export.State.WAITING, Export.State.BUILDING]


class ExportRunning(Conflict):
    """There is one on its way."""

    code = "export_running"


def request_export(*, by: User, now: datetime) -> Export:
    """Ask for a copy of all of one's own data. Raises ExportRunning while one is being built."""
    try:
        with transaction.atomic():
            export = Export.objects.create(user=by, requested_at=now, parts_total=len(privacy.all_parts()))
            log.record("accounts.export_requested", by=by, subject=export, audience=[by], at=now)
            outbox.enqueue(CHANNEL, f"export:{export.pk}", {"export": export.pk})
    except IntegrityError as error:
        raise ExportRunning(_("A copy is being built already. We tell you when it is ready.")) from error
    return export


def deliver(stable_id: str, payload: dict[str, Any], *, now: datetime) -> None:
    """The outbox's channel: one try to build. Raises ``outbox.Later`` while another worker does."""
    build_export(export_id=payload["export"], now=now)


def build_export(*, export_id: int, now: datetime) -> None:
    """Build the copy unless it was built; its person is told. Raises what a part raises."""
    with _alone(export_id, now):
        export = Export.objects.select_related("user").filter(pk=export_id, state__in=UNDER_WAY).first()
        if export is None:
            return  # built, given up or erased with its person
        parts = privacy.all_parts()
        _note(export, state=Export.State.BUILDING, parts_done=0, parts_total=len(parts))
        # Without a name: what a killed worker leaves is gone with it.
        with TemporaryFile() as target, mail.written_for(export.user):
            export_writing.write_copy(
                target,
                user=export.user,
                parts=parts,
                now=now,
                told=lambda number: _note(export, parts_done=number),
            )
            target.seek(0)
            _finish(export, File(target, name="export"), now)


def _finish(export: Export, content: "File[bytes]", now: datetime) -> None:
    with transaction.atomic():
        locked = Export.objects.select_for_update(of=("self",)).filter(state__in=UNDER_WAY)
        held = locked.filter(pk=export.pk).first()
        if held is None:
            return
        expires = now + timedelta(days=retention.days_of(RULE))
        held.document = papers.keep_file(
            kind=KIND,
            content=content,
            media_type="application/zip",
            name=str(_("My data")),
            owner=held.user,
            about=held,
            now=now,
            keep_until=expires.date(),
        )
        held.state, held.ready_at, held.expires_at = Export.State.READY, now, expires
        held.save(update_fields=["state", "ready_at", "expires_at", "document"])
        log.record("accounts.export_ready", by=None, subject=held, audience=[held.user], at=now)
        _tell(held)


@contextmanager
def _alone(export_id: int, now: datetime) -> Iterator[None]:
    """One worker per copy: a lock of the connection, which ends with a killed worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"{CHANNEL}:{export_id}"])
        if not cursor.fetchone()[0]:
            raise outbox.Later(now + LOOK_AGAIN)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"{CHANNEL}:{export_id}"])


def _note(export: Export, **values: Any) -> None:
    Export.objects.filter(pk=export.pk, state__in=UNDER_WAY).update(**values)
    for name, value in values.items():
        setattr(export, name, value)
    _tell(export)


def _tell(export: Export) -> None:
    realtime.push(f"export:{export.pk}", {"type": "export", "id": export.pk, "version": export.parts_done})


def may_watch(user: Any, topic: str) -> bool:
    """Its person: topic ``export:<id>``."""
    number = topic.partition(":")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return False
    return Export.objects.visible_to(user).filter(pk=int(number)).exists()


def latest_export(user: User) -> Export | None:
    """The person's newest copy, whatever became of it."""
    return Export.objects.visible_to(user).order_by("-pk").first()


def document_of(*, user: User, pk: int, now: datetime) -> Document:
    """The file of one's own copy. Raises NotFound for others', unfinished and expired ones."""
    ready = Export.objects.visible_to(user).filter(state=Export.State.READY, expires_at__gt=now, pk=pk)
    export = ready.select_related("document").first()
    if export is None or export.document is None or not export.document.is_ready:
        raise NotFound(_("There is no such copy (any more)."))
    return export.document


def never_by_number(user: Any, document: Document) -> bool:
    """Copies are not read at /documents/: their own page asks for a fresh sign-in first."""
    return False


def expire_exports(*, now: datetime, limit: int) -> int:
    """Erase copies whose days are over, and give up what was never finished; how many."""
    over = Export.objects.filter(state=Export.State.READY, expires_at__lte=now)
    count = 0
    for export in over.select_related("document").order_by("pk")[:limit]:
        with transaction.atomic():
            if export.document is not None:
                erasing.erase_document(document=export.document, now=now)
            Export.objects.filter(pk=export.pk).update(state=Export.State.EXPIRED)
        count += 1
    return count


def give_up_exports(*, now: datetime) -> int:
    """What could not be built for a day has failed: its person is told and may ask again; how many."""
    stuck = Export.objects.filter(state__in=UNDER_WAY, requested_at__lte=now - GIVEN_UP_AFTER)
    count = 0
    for export in stuck.select_related("user"):
        with transaction.atomic():
            changed = Export.objects.filter(pk=export.pk, state__in=UNDER_WAY)
            if changed.update(state=Export.State.FAILED):
                log.record("accounts.export_failed", by=None, subject=export, audience=[export.user], at=now)
                _tell(export)
                count += 1
    return count


__all__ = [
    "CHANNEL",
    "KIND",
    "RULE",
    "ExportRunning",
    "build_export",
    "deliver",
    "document_of",
    "expire_exports",
    "give_up_exports",
    "latest_export",
    "may_watch",
    "never_by_number",
    "request_export",
]
