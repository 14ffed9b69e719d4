"""A copy of somebody's data as a ZIP: JSON and CSV per sheet, files, and a page that explains it.

Everything streams: rows from the database into the archive, files from the storage into it.
"""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from io import TextIOWrapper
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import Range
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User
from accounts.privacy.parts import Attached, PersonalData, Sheet
from common import brand

PAGE = "index.html"
UNSAFE = re.compile(r"[^\w.\- ()]+")  # what some system takes ill in a file name
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate


@dataclass
class Listed:
    """One sheet as the page names it."""

    title: str
    files: list[str]
    rows: int


@dataclass
class Chapter:
    """One part as the page shows it."""

    label: str
    sheets: list[Listed] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def has_content(self) -> bool:
        return bool(self.files) or any(sheet.rows for sheet in self.sheets)


class Copy:
    """The archive while it is written. ``target`` is a binary file that can seek."""

    def __init__(self, target: IO[bytes], *, user: User, now: datetime) -> None:
        self.archive = ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True)
        self.user, self.now, self.zone = user, now, ZoneInfo(user.time_zone)
        self.chapters: list[Chapter] = []

    def add_part(self, part: PersonalData) -> None:
        """All sheets and files of a part, in a folder of its name."""
        chapter = Chapter(str(part.label))
        folder = part.name.replace(".", "-")
        for piece in part.export(self.user):
            if isinstance(piece, Sheet):
                chapter.sheets.append(self._add_sheet(folder, piece))
            else:
                chapter.files.append(self._add_file(folder, piece))
        self.chapters.append(chapter)

    def finish(self) -> None:
        """The page that explains all of it."""
        page = render_to_string(
            "accounts/export_index.html",
            {
                "chapters": [chapter for chapter in self.chapters if chapter.has_content],
                "empty": [chapter.label for chapter in self.chapters if not chapter.has_content],
                "person": self.user,
                "made_at": self.now,
                "zone": self.zone.key,
                "brand": brand.current(),
                "language": translation.get_language(),
            },
        )
        self.archive.writestr(self._entry(PAGE), page)

    def _add_sheet(self, folder: str, sheet: Sheet) -> Listed:
        path = f"{folder}/{sheet.name}.json"
        with self._text(path) as out:
            count = self._write_json(out, sheet.rows())
        files = [path]
        if sheet.table and count:
            table = f"{folder}/{sheet.name}.csv"
            with self._text(table, encoding="utf-8-sig") as out:  # as spreadsheets expect it
                self._write_table(out, sheet.rows())
            files.append(table)
        return Listed(str(sheet.title), files, count)

    def _write_json(self, out: Any, rows: Iterable[Mapping[str, Any]]) -> int:
        count = 0
        out.write("[")
        for row in rows:
            text = json.dumps(plain(dict(row), self.zone), ensure_ascii=False, indent=2)
            out.write(",\n" if count else "\n")
            out.write(text)
            count += 1
        out.write("\n]\n")
        return count

    def _write_table(self, out: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        writer: Any = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(out, fieldnames=list(row), extrasaction="ignore")
                writer.writeheader()
            writer.writerow({key: cell(plain(value, self.zone)) for key, value in row.items()})

    def _add_file(self, folder: str, piece: Attached) -> str:
        path = f"{folder}/files/{UNSAFE.sub('_', piece.name)[-120:]}"
        entry = self._entry(path)
        entry.compress_type = ZIP_STORED  # pictures and PDFs are compressed already
        with piece.file.open("rb") as source, self.archive.open(entry, "w", force_zip64=True) as out:
            shutil.copyfileobj(source, out)
        return path

    def _text(self, path: str, encoding: str = "utf-8") -> TextIOWrapper:
        entry = self._entry(path)
        return TextIOWrapper(self.archive.open(entry, "w", force_zip64=True), encoding=encoding, newline="\n")

    def _entry(self, path: str) -> ZipInfo:
        local = self.now.astimezone(self.zone)
        entry = ZipInfo(path, date_time=local.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        return entry


def plain(value: Any, zone: ZoneInfo) -> Any:
    """What JSON takes: instants as ISO 8601 in the person's zone, ranges as from and until."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Range):
        return {"from": plain(value.lower, zone), "until": plain(value.upper, zone)}
    if isinstance(value, Mapping):
        return {str(key): plain(each, zone) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each, zone) for each in value]
    return str(value) if not isinstance(value, Decimal) else f"{value:f}"


def cell(value: Any) -> Any:
    """One cell of a table; text that a spreadsheet would calculate is quoted (OWASP, CSV injection)."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def write_copy(
    target: IO[bytes],
    *,
    user: User,
    parts: Iterable[PersonalData],
    now: datetime,
    told: Callable[[int], None],
) -> None:
    """Write the whole archive; ``told(n)`` is called when ``n`` parts are in it."""
    copy = Copy(target, user=user, now=now)
    try:
        for number, part in enumerate(parts, start=1):
            copy.add_part(part)
            told(number)
        copy.finish()
    finally:
        copy.archive.close()


__all__ = ["PAGE", "Copy", "cell", "plain", "write_copy"]
