"""Translations without GNU gettext: extract, merge, compile and check with Babel.

One catalogue, locale/de/LC_MESSAGES/django.po: source strings are English, German is
complete. Templates become Python-like text by Django's own templatize(), which Babel reads.
"""

import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PO_FILE = Path(settings.BASE_DIR) / "locale" / "de" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
LEFT_OUT = ("tests/", "benchmarks/", "bin/", "frontend/", "docs/")


class Found(NamedTuple):
    place: str
    line: int
    text: str | tuple[str, str]
    context: str | None


def _source_files() -> list[Path]:
    listed = subprocess.run(  # fixed arguments, no shell
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "*.html", "*.txt"],  # noqa: S607
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    root = Path(settings.BASE_DIR)
    return [
        root / name
        for name in sorted(set(listed))
        if not name.startswith(LEFT_OUT)
        and "/migrations/" not in name
        and (name.endswith(".py") or name.startswith("templates/"))
        and (root / name).is_file()
    ]


def found_texts() -> Iterator[Found]:
    """Every marked text of the project's Python files and templates."""
    for path in _source_files():
        source = path.read_text(encoding="utf-8")
        place = path.relative_to(settings.BASE_DIR).as_posix()
        if path.suffix != ".py":
            # Babel reads it as Python: the indentation of the mark-up around must not count.
            source = "\n".join(line.lstrip() for line in templatize(source, origin=place).split("\n"))
        for line, text, _comments, context in extract(
            "python", BytesIO(source.encode()), KEYWORDS, (), {"encoding": "utf-8"}
        ):
            # Babel says what it found more loosely than it is: one text, or singular and plural.
            known: Any = text
            if known and (known if isinstance(known, str) else known[0]):
                yield Found(place, line, known, context)


def template_catalogue() -> Catalog:
    catalogue = Catalog(locale="de", project="portal", charset="utf-8", fuzzy=False)
    for found in found_texts():
        flags = ["python-format"] if "%" in str(found.text) else []
        catalogue.add(found.text, locations=[(found.place, found.line)], flags=flags, context=found.context)
    return catalogue


def read_catalogue() -> Catalog:
    if not PO_FILE.exists():
        return Catalog(locale="de", project="portal", charset="utf-8", fuzzy=False)
    with PO_FILE.open("rb") as file:
        return read_po(file, locale="de", charset="utf-8")


def write_catalogue(catalogue: Catalog) -> None:
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    with PO_FILE.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, ignore_obsolete=True, omit_header=False)


def updated_catalogue() -> Catalog:
    """Today's texts with the translations there are; guesses are not taken over."""
    catalogue = read_catalogue()
    catalogue.update(template_catalogue(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    for message in catalogue:
        # Places move with every edit and would make each change touch the catalogue.
        message.locations = [(place, 0) for place in sorted({place for place, _ in message.locations})]
    return catalogue


def compile_catalogue() -> Path:
    target = PO_FILE.with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, read_catalogue())
    return target


def is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
    return bool(strings) and all(strings) and not message.fuzzy


def missing_translations() -> list[str]:
    """Texts without German, and German that nothing uses any more, one line each."""
    stored = read_catalogue()
    wanted = template_catalogue()
    lines = []
    for message in wanted:
        if not message.id:
            continue
        known = stored.get(message.id, message.context)
        if known is None or not is_translated(known):
            text = message.id if isinstance(message.id, str) else message.id[0]
            lines.append(f"missing: {text!r} ({message.locations[0][0]})")
    for message in stored:
        if message.id and wanted.get(message.id, message.context) is None:
            lines.append(f"unused: {message.id!r}")
    lines += [f"wrong: {error}" for message in stored if message.id for error in _format_errors(message)]
    return lines


def _format_errors(message: Message) -> list[str]:
    return [f"{message.id!r}: {error}" for error in message.check()]
