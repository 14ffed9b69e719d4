"""Texts to begin with, filled with what the brand says of itself. A lawyer reads them before they hold."""

from datetime import date
from functools import cache
from string import Template

from django.conf import settings

from common import brand

FOLDER = settings.BASE_DIR / "accounts" / "house" / "legal_texts"


def sample(*, kind: str, language: str, day: date) -> str:
    """Markdown of one kind ("privacy") in one language ("de"), dated by ``day``."""
    shown = brand.current()
    written = f"{day:%d.%m.%Y}" if language == "de" else f"{day.day} {day:%B %Y}"
    return Template(_source(kind, language)).substitute(
        name=shown["name"],
        company=shown["legal_name"],
        address=shown["address"] or "…",
        email=shown["email"] or "…",
        phone=shown["phone"] or "…",
        day=written,
    )


@cache
def _source(kind: str, language: str) -> str:
    return (FOLDER / f"{kind}.{language}.md").read_text()
