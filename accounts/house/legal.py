"""Legal texts: drafted in German and English, published from a day on, and fixed from then."""

import difflib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.house import brand
from accounts.models import LegalText, User
from common.civil import local_date
from common.errors import Conflict, Invalid, NotFound
from journal import log

MAX_TEXT = 100_000  # characters


@dataclass(frozen=True)
class Edition:
    """A published version and the days on which it held or will hold; ``until`` None is open."""

    text: LegalText
    until: date | None

    def holds_on(self, day: date) -> bool:
        return self.text.valid_from <= day and (self.until is None or day <= self.until)


class Line(NamedTuple):
    """One line of a difference: ``mark`` is "+", "-" or " "."""

    mark: str
    words: str


def draft_of(kind: str) -> LegalText | None:
    return LegalText.objects.filter(kind=kind, published_at__isnull=True).first()


def editions(kind: str) -> list[Edition]:
    """All published versions, newest first. What was to hold later but was overtaken never held."""
    found = LegalText.objects.filter(kind=kind, published_at__isnull=False).order_by("-version")
    listed: list[Edition] = []
    until: date | None = None
    for text in found:
        listed.append(Edition(text, until))
        until = text.valid_from - timedelta(days=1)
    return listed


def edition(*, kind: str, version: int) -> Edition:
    """Raises NotFound for a version that was never published."""
    for each in editions(kind):
        if each.text.version == version:
            return each
    raise NotFound(_("There is no such version."))


def save_draft(
    *, by: User | None, kind: str, text_de: str, text_en: str, valid_from: date, now: datetime
) -> LegalText:
    """Write the one draft of this kind; it gets the next version's number.

    Raises NotAllowed without the right, Invalid for a text of more than 100,000 characters.
    """
    brand.require_right(by)
    words = {"text_de": _tidy(text_de), "text_en": _tidy(text_en)}
    for field, text in words.items():
        if len(text) > MAX_TEXT:
            raise Invalid(_("This text is longer than 100,000 characters."), code="too_long", field=field)
    with transaction.atomic():
        draft = LegalText.objects.select_for_update().filter(kind=kind, published_at__isnull=True).first()
        if draft is None:
            last = LegalText.objects.filter(kind=kind).order_by("-version").first()
            draft = LegalText(kind=kind, version=last.version + 1 if last else 1)
        draft.text_de, draft.text_en, draft.valid_from = words["text_de"], words["text_en"], valid_from
        draft.save()
        log.record(
            "accounts.legal_drafted",
            by=by,
            subject=draft,
            data={"kind": kind, "version": draft.version},
            at=now,
        )
    return draft


def publish_text(*, by: User | None, text: LegalText, now: datetime) -> LegalText:
    """Fix the draft: from its day on it holds, and nobody changes it any more.

    Raises NotAllowed, Conflict when it is published already, Invalid for a missing language, for a
    day that has passed, or for one before that of the version before.
    """
    brand.require_right(by)
    with transaction.atomic():
        draft = LegalText.objects.select_for_update().get(pk=text.pk)
        if draft.published_at is not None:
            raise Conflict(_("This version is published already."), code="legal_published")
        if not draft.text_de or not draft.text_en:
            raise Invalid(
                _("Both languages are needed before a text can be published."), code="language_missing"
            )
        if draft.valid_from < local_date(now):
            raise Invalid(
                _("A text cannot come into force in the past."), code="valid_from_past", field="valid_from"
            )
        before = LegalText.objects.filter(kind=draft.kind, published_at__isnull=False)
        newest = before.order_by("-version").first()
        if newest is not None and draft.valid_from < newest.valid_from:
            raise Invalid(
                _("The version before comes into force later than this one."),
                code="valid_from_before_last",
                field="valid_from",
            )
        draft.published_at, draft.published_by = now, by
        draft.save(update_fields=["published_at", "published_by"])
        log.record(
            "accounts.legal_published",
            by=by,
            subject=draft,
            data={
                "kind": draft.kind,
                "version": draft.version,
                "valid_from": draft.valid_from.isoformat(),
            },
            at=now,
        )
        brand.tell_all()
    return draft


def discard_draft(*, by: User, text: LegalText, now: datetime) -> None:
    """Raises NotAllowed, Conflict for a published text."""
    brand.require_right(by)
    with transaction.atomic():
        draft = LegalText.objects.select_for_update().filter(pk=text.pk).first()
        if draft is None:
            return
        if draft.published_at is not None:
            raise Conflict(_("This version is published already."), code="legal_published")
        log.record(
            "accounts.legal_discarded",
            by=by,
            subject=draft,
            data={"kind": draft.kind, "version": draft.version},
            at=now,
        )
        draft.delete()


def difference(before: str, after: str) -> list[Line]:
    """What changed, line by line, each change between two lines that stayed."""
    lines = [
        Line(row[:1], row[1:])
        for row in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
        if not row.startswith(("---", "+++"))
    ]
    return [Line("…", "") if line.mark == "@" else line for line in lines][1:] if lines else []


def note_acceptance(*, user: User, now: datetime) -> None:
    """Write down which terms somebody accepted by signing up; nothing where none are in force."""
    text = brand.snapshot().in_force(local_date(now)).get(LegalText.Kind.TERMS)
    if text is not None:
        with transaction.atomic():
            log.record(
                "accounts.terms_accepted",
                by=user,
                subject=user,
                data={"legal_text": text.pk, "version": text.version},
                audience=[user],
                at=now,
            )


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
