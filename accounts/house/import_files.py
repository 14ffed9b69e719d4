"""Reading CSV as it comes: UTF-8 or Windows-1252, with ; or , or tabs, line by line."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, TextIOWrapper
from types import MappingProxyType
from typing import IO, Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.errors import Invalid

DELIMITERS = ";,\t"
LONGEST_FIELD = 2_000  # characters
NOTHING_GIVEN: Mapping[str, str] = MappingProxyType({})


class Column(NamedTuple):
    """``name`` or either language's ``label`` may head it in the file."""

    name: str
    label: Any
    example: str = ""
    required: bool = False
    hint: Any = ""


class Row(NamedTuple):
    line: int  # of the file, counted from 1, where the row begins
    values: dict[str, str]
    surplus: str = ""  # what stands behind the last heading


class Shape(NamedTuple):
    """How a file is to be read."""

    encoding: str
    delimiter: str
    columns: list[str | None]  # by place; None is a column that we do not know
    ignored: list[str]  # their headings
    given: dict[str, str] = {}  # column → value of every line


def read_shape(
    content: bytes, columns: Sequence[Column], *, given: Mapping[str, str] = NOTHING_GIVEN
) -> Shape:
    """Raises Invalid, in words, for a file that is no CSV of these columns."""
    encoding = _encoding(content)
    with _text(BytesIO(content), encoding) as text:
        first = text.readline()
        delimiter = max(DELIMITERS, key=first.count)
    headings = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    known = _headings(columns)
    places: list[str | None] = [known.get(_plain(heading)) for heading in headings]
    missing = [column for column in columns if column.required and column.name not in (*places, *given)]
    if missing:
        raise Invalid(
            ngettext(
                "The file lacks the column: %(names)s. Its first line must name the columns.",
                "The file lacks the columns: %(names)s. Its first line must name the columns.",
                len(missing),
            )
            % {"names": ", ".join(column.name for column in missing)},
            code="columns_missing",
            field="file",
        )
    named = [place for place in places if place is not None]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise Invalid(
            _("The column %(name)s is there twice.") % {"name": twice[0]},
            code="column_twice",
            field="file",
        )
    ignored = [h for h, place in zip(headings, places, strict=True) if place is None and h]
    return Shape(encoding, delimiter, places, ignored, dict(given))


def rows_of(stream: IO[bytes], shape: Shape) -> Iterator[Row]:
    """The rows below the headings; empty lines are passed over. Nothing is held in memory."""
    with _text(stream, shape.encoding) as text:
        reader = csv.reader(text, delimiter=shape.delimiter)
        before = 0
        for number, cells in enumerate(reader):
            line, before = before + 1, reader.line_num
            if number == 0 or not any(cell.strip() for cell in cells):
                continue
            values = {
                name: cell.strip()[:LONGEST_FIELD].replace("\x00", "")
                for name, cell in zip(shape.columns, cells, strict=False)
                if name is not None
            }
            surplus = "".join(cells[len(shape.columns) :]).strip()[:LONGEST_FIELD]
            yield Row(line, {**shape.given, **values}, surplus)


def count_rows(content: bytes, shape: Shape) -> int:
    """Raises Invalid for a file that stops being CSV on its way."""
    try:
        return sum(1 for _row in rows_of(BytesIO(content), shape))
    except csv.Error as error:
        raise Invalid(
            _("This file can't be read as CSV: a field in it is too long or a quotation mark never ends."),
            code="csv_broken",
            field="file",
        ) from error


def _encoding(content: bytes) -> str:
    if b"\x00" in content[:4096]:
        raise Invalid(
            _("This is no text file. Please save the table as CSV."), code="csv_binary", field="file"
        )
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Invalid(
        _("The characters of this file can't be read. Please save it as CSV in UTF-8."),
        code="csv_encoding",
        field="file",
    )


def _text(stream: IO[bytes], encoding: str) -> TextIOWrapper:
    return TextIOWrapper(stream, encoding=encoding, newline="")


def _headings(columns: Sequence[Column]) -> dict[str, str]:
    known = {}
    for column in columns:
        known[_plain(column.name)] = column.name
        for language in ("de", "en"):
            with translation.override(language):
                known[_plain(str(column.label))] = column.name
    return known


def _plain(heading: str) -> str:
    return "".join(char for char in heading.casefold() if char.isalnum())
