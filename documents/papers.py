"""Papers of the house: PDF/A from typst templates, and other files that we make ourselves.

A template lies below ``templates/`` and gets its values as JSON, so that nothing a person typed is
ever read as markup. Most papers need no template of their own: ``documents/sheet.typ`` sets titles,
text, facts, tables, pictures and signatures from a list of blocks (see ``blocks.py``).
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from documents import contents, registry, uploads
from documents.models import Document
from journal import log

FONTS = Path(__file__).with_name("fonts")
ROOT = settings.BASE_DIR / "templates"
SHEET = "documents/sheet.typ"
UNSET = {"logo", "svg", "xml"}  # our own SVG and attached data as text: nothing of it is set in our font
# Archivable and tagged for screen readers (ISO 19005-2 level A, ISO 14289-1).
STANDARDS: Any = ["a-2a", "ua-1"]
# The same for papers that carry a file (ISO 19005-3).
STANDARDS_WITH_FILES: Any = ["a-3a", "ua-1"]

Brand = dict[str, Any]


def brand_of_settings() -> Brand:
    """Name, legal name, address, mail, phone, colour and the logo's drawing (SVG)."""
    found = finders.find(settings.BRAND["logo"])
    logo = Path(found).read_text() if isinstance(found, str) and found.endswith(".svg") else ""
    return {**settings.BRAND, "logo": logo}


_brand: Callable[[], Brand] = brand_of_settings


def register_brand(read: Callable[[], Brand]) -> None:
    """From the app that keeps the brand in the database: what papers show instead of the settings.

    ``logo`` is SVG as text, or empty; ``logo_picture`` (WebP as bytes) beats it.
    """
    global _brand
    _brand = read


def make_paper(
    *,
    kind: str,
    template: str = SHEET,
    values: dict[str, Any],
    name: str,
    owner: Any | None,
    about: models.Model | None = None,
    language: str,
    now: datetime,
    keep_until: date | None = None,
    by: Any | None = None,
) -> Document:
    """A PDF/A of these values, kept at once. ``values`` need a ``title``; see ``set_paper``."""
    return keep_file(
        kind=kind,
        content=set_paper(template=template, values=values, language=language, now=now),
        media_type="application/pdf",
        name=name,
        owner=owner,
        about=about,
        now=now,
        keep_until=keep_until,
        by=by,
    )


def set_paper(
    *,
    template: str = SHEET,
    values: dict[str, Any],
    language: str,
    now: datetime,
    standards: Any = STANDARDS,
) -> bytes:
    """The PDF's bytes; the same values at the same ``now`` give the same bytes.

    ``values`` must be JSON-ready and in ``language``; dates and amounts come as the text that is to
    be read. Raises typst.TypstError for a template that does not fit its values: a fault of ours.
    """
    with translation.override(language):
        data = {
            **values,
            "language": language,
            "brand": _brand(),
            "words": {"page": _("Page"), "of": _("of")},
        }
    text = json.dumps(_settable(data), cls=DjangoJSONEncoder)
    return typst.compile(
        ROOT / template,
        root=ROOT,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": text},
        pdf_standards=standards,
        timestamp=now.replace(microsecond=0),
    )


def keep_file(
    *,
    kind: str,
    content: "bytes | File[bytes]",
    media_type: str,
    name: str,
    owner: Any | None,
    about: models.Model | None = None,
    now: datetime,
    keep_until: date | None = None,
    by: Any | None = None,
) -> Document:
    """Keep a file that the house made; ready at once. ``keep_until`` (Berlin day) beats the kind's time.

    A large one comes as an open file and is never read into memory as a whole.
    """
    with transaction.atomic():
        sha256, size = contents.measure(content)
        document = Document.objects.create(
            kind=kind,
            state=Document.State.READY,
            owner=owner,
            name=uploads.plain_name(name),
            file=contents.keep(sha256, content),
            sha256=sha256,
            media_type=media_type,
            size=size,
            created_at=now,
            ready_at=now,
            keep_until=keep_until or uploads.last_day(registry.kind_named(kind), now),
            **uploads.belonging_to(about),
        )
        log.record("documents.made", by=by, subject=document, data={"kind": kind}, at=now)
    return document


@cache
def _covered() -> frozenset[str]:
    return frozenset((FONTS / "covered.txt").read_text() + "\n")


def _settable(value: Any) -> Any:
    """PDF/A forbids characters without a glyph: what our font lacks becomes a question mark."""
    if isinstance(value, str):
        plain = value.replace("\u202f", "\u00a0").replace("\r\n", "\n").replace("\t", " ")
        return "".join(c if c in _covered() else "?" for c in plain)
    if isinstance(value, dict):
        return {key: item if key in UNSET else _settable(item) for key, item in value.items()}
    if isinstance(value, bytes):  # a picture: JSON has numbers only
        return list(value)
    if isinstance(value, list | tuple):
        return [_settable(item) for item in value]
    return value if isinstance(value, bool | int | float | None) else _settable(str(value))
