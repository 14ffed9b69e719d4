"""CSV files on their way in: checked as a whole first, then written in batches.

Each batch commits together with how far it came, and hands on to the next through the journal: a
killed worker loses nothing and writes nothing twice. A line with errors is left out, all others are
written; the page says how many, before and after.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.house.import_files import Column, Row, Shape, count_rows, read_shape, rows_of
from accounts.models import ImportRun, User
from common import realtime
from common.errors import Conflict, Invalid, NotAllowed
from documents import erasing, papers
from journal import log

DOCUMENT_KIND = "accounts.import"
TOPIC = "import"
DOOR = "accounts.import_files"  # behind it each importer asks for its own permission
KEEP = timedelta(days=30)
MAX_BYTES = 18 * 1024 * 1024
MAX_ROWS = 250_000
BATCH = 2_000  # lines per transaction
MOST_ERRORS = 1_000  # kept with their words; the rest is counted


class RowError(NamedTuple):
    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Importer:
    """``check(rows, now)`` → errors, at most one per column and line; ``write(rows, by, now)`` writes rows
    without errors; ``key(row)`` tells what two lines must not share within a file ("" for none).
    """

    name: str
    label: Any
    text: Any
    columns: tuple[Column, ...]
    check: Callable[[Sequence[Row], datetime], list[RowError]]
    write: Callable[[Sequence[Row], User, datetime], None]
    key: Callable[[Row], tuple[str, str]]  # column and value
    order: int = 0
    permission: str = "accounts.set_up_house"


_importers: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    """From an app's apps.py."""
    _importers[importer.name] = importer


def all_importers() -> list[Importer]:
    return sorted(_importers.values(), key=lambda importer: importer.order)


def importers_for(user: User) -> list[Importer]:
    """Those that the person may use."""
    return [importer for importer in all_importers() if user.has_permission(importer.permission)]


def importer_named(name: str) -> Importer:
    """KeyError for one that nobody registered."""
    return _importers[name]


def upload_file(
    *, by: User, kind: str, content: bytes, name: str, now: datetime, given: Mapping[str, str] | None = None
) -> ImportRun:
    """Keep a file and begin its check. ``given`` are values by column that hold for every line, so that
    the file need not repeat them.

    Raises NotAllowed, Invalid (in words) for what is no such CSV.
    """
    importer = importer_named(kind)
    _require(by, importer)
    if len(content) > MAX_BYTES:
        raise Invalid(
            _("This file has more than 18 MB. Please send it in parts."), code="file_too_large", field="file"
        )
    shape = read_shape(content, importer.columns, given=given or {})
    total = count_rows(content, shape)
    if not total:
        raise Invalid(_("There is no line below the headings."), code="csv_empty", field="file")
    if total > MAX_ROWS:
        raise Invalid(
            _("This file has more than 250,000 lines. Please send it in parts."),
            code="too_many_rows",
            field="file",
        )
    with transaction.atomic():
        run = ImportRun.objects.create(
            kind=kind, rows_total=total, shape=shape._asdict(), started_by=by, started_at=now
        )
        run.document = papers.keep_file(
            kind=DOCUMENT_KIND,
            content=content,
            media_type="text/csv",
            name=name,
            owner=None,
            about=run,
            now=now,
            by=by,
        )
        run.save(update_fields=["document"])
        log.record("accounts.import_uploaded", by=by, subject=run, data={"kind": kind}, at=now)
    return run


def start_import(*, by: User, run: ImportRun, now: datetime) -> ImportRun:
    """After its check: write the lines that are right. Raises NotAllowed, Conflict."""
    _require(by, importer_named(run.kind))
    with transaction.atomic():
        held = _locked(run.pk, ImportRun.State.CHECKED)
        if held.rows_bad >= held.rows_total:
            raise Conflict(_("No line of this file can be imported."), code="nothing_to_import")
        held.state = ImportRun.State.WRITING
        held.rows_done = held.rows_bad = 0
        held.errors = []
        held.save(update_fields=["state", "rows_done", "rows_bad", "errors"])
        log.record("accounts.import_confirmed", by=by, subject=held, data={"rows": held.rows_total}, at=now)
        _tell(held)
    return held


def discard_import(*, by: User, run: ImportRun, now: datetime) -> None:
    """Instead of writing: the file is erased. Raises NotAllowed, Conflict."""
    _require(by, importer_named(run.kind))
    with transaction.atomic():
        held = _locked(run.pk, ImportRun.State.CHECKED)
        _close(held, ImportRun.State.FAILED, now)
        log.record("accounts.import_failed", by=by, subject=held, data={"reason": "discarded"}, at=now)


def advance(*, run_id: int, now: datetime) -> None:
    """One batch of the check or of the writing, in one transaction with how far it came."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
        if run.state == ImportRun.State.WAITING:
            run.state = ImportRun.State.CHECKING
        if run.state not in (ImportRun.State.CHECKING, ImportRun.State.WRITING) or run.document is None:
            return
        importer = importer_named(run.kind)
        rows, errors = _next_batch(run, importer, now)
        bad = {error.line for error in errors}
        if run.state == ImportRun.State.WRITING and (good := [row for row in rows if row.line not in bad]):
            importer.write(good, run.started_by, now)
        run.rows_done += len(rows)
        run.rows_bad += len(bad)
        run.errors = [*run.errors, *(error._asdict() for error in errors)][:MOST_ERRORS]
        _go_on(run, now)
        run.save()
        _tell(run)


def _next_batch(run: ImportRun, importer: Importer, now: datetime) -> tuple[list[Row], list[RowError]]:
    """The rows after those that are done, and what is wrong with them."""
    assert run.document is not None  # noqa: S101 - for the type checker
    shape = Shape(**run.shape)
    seen: dict[str, int] = {}
    with run.document.file.open("rb") as stream:
        reading = rows_of(stream, shape)
        for row in islice(reading, run.rows_done):
            seen.setdefault(importer.key(row)[1], row.line)
        rows = list(islice(reading, BATCH))
    errors = _missing(rows, importer) + _surplus(rows, importer)
    for row in rows:
        column, value = importer.key(row)
        first = seen.setdefault(value, row.line)
        if value and first != row.line:
            errors.append(RowError(row.line, column, _("The same as in line %(line)d.") % {"line": first}))
    wrong = {error.line for error in errors}
    errors += importer.check([row for row in rows if row.line not in wrong], now)
    return rows, sorted(errors)


def _missing(rows: Sequence[Row], importer: Importer) -> list[RowError]:
    needed = [column.name for column in importer.columns if column.required]
    return [
        RowError(row.line, name, _("This is missing."))
        for row in rows
        for name in needed
        if not row.values.get(name)
    ]


def _surplus(rows: Sequence[Row], importer: Importer) -> list[RowError]:
    """A separator too many moves every field behind it: nothing in such a line can be trusted."""
    text = _("This line has more fields than the first one. Is there a separator too many?")
    return [RowError(row.line, importer.columns[0].name, text) for row in rows if row.surplus]


def _go_on(run: ImportRun, now: datetime) -> None:
    if run.rows_done < run.rows_total:
        log.record("accounts.import_advanced", by=None, subject=run, data={"rows": run.rows_done}, at=now)
    elif run.state == ImportRun.State.CHECKING:
        run.state = ImportRun.State.CHECKED
        log.record("accounts.import_checked", by=None, subject=run, data={"rows": run.rows_total}, at=now)
    else:
        _close(run, ImportRun.State.DONE, now)
        written = run.rows_total - run.rows_bad
        log.record("accounts.import_written", by=None, subject=run, data={"rows": written}, at=now)


def _close(run: ImportRun, state: ImportRun.State, now: datetime) -> None:
    run.state, run.done_at = state, now
    run.save(update_fields=["state", "done_at"])
    if run.document is not None:
        erasing.erase_document(document=run.document, now=now)
    _tell(run)


def _locked(pk: int, state: ImportRun.State) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=pk)
    if run.state != state:
        raise Conflict(_("This import has gone on meanwhile."), code="import_moved")
    return run


def _tell(run: ImportRun) -> None:
    realtime.push(
        f"{TOPIC}:{run.pk}", {"type": "import", "id": run.pk, "version": f"{run.state}-{run.rows_done}"}
    )


def may_watch(user: Any, topic: str) -> bool:
    return bool(user.is_authenticated and user.has_permission(DOOR))


def _require(by: User, importer: Importer) -> None:
    if not by.has_permission(importer.permission):
        raise NotAllowed(_("You may not import this."))


# -- files to take home -----------------------------------------------------------------------


def template_csv(importer: Importer) -> str:
    """Headings and one example line, for Excel too (UTF-8 with its mark, semicolons)."""
    return _csv([[c.name for c in importer.columns], [c.example for c in importer.columns]])


def errors_csv(run: ImportRun) -> str:
    """Line, column and words of what was wrong."""
    heads = [_("Line"), _("Column"), _("What is wrong")]
    return _csv([heads, *([str(e["line"]), e["column"], e["message"]] for e in run.errors)])


def summary_words(run: ImportRun) -> str:
    """What a press of the button will do."""
    good = run.rows_total - run.rows_bad
    return ngettext("Import %(count)d line", "Import %(count)d lines", good) % {"count": good}


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return "\ufeff" + out.getvalue()
