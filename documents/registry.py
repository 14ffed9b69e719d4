"""The kinds of documents that the apps above register: who may read, what is taken, how long it stays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from documents.models import Document

MEGABYTE = 1024 * 1024
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
PAPERS = PICTURES | {"application/pdf"}
NO_SUCH_KIND = _("There is no such kind of document, or you can't send it this way.")


@dataclass(frozen=True)
class DocumentKind:
    """``may_read(user, document)`` is asked at every download; ``keep`` counts from creation,
    None follows what the document belongs to. Longest side in pixels, size in bytes.

    ``may_upload(user)`` opens ``POST /api/v1/documents/`` for this kind; without it, files of
    this kind come only with the forms that know what they belong to. An upload that belongs to
    nothing (see ``uploads.attach``) is readable by its uploader alone and gone after a day.

    ``may_sign(user, document)`` opens ``/documents/<pk>/sign/``: for the person the paper is about,
    or for a colleague who hands that person the screen and stands by.

    ``from_guests`` says that a form takes it from people without an account too, behind a link that
    is theirs: such an upload has no uploader.
    """

    name: str  # "vehicles.registration"
    label: Any
    may_read: Callable[[Any, Document], bool]
    accepts: frozenset[str] = PICTURES
    max_bytes: int = 10 * MEGABYTE
    longest_side: int = 2000
    keep: timedelta | None = None
    may_upload: Callable[[Any], bool] | None = None
    may_sign: Callable[[Any, Document], bool] | None = None
    from_guests: bool = False


_kinds: dict[str, DocumentKind] = {}


def register_kind(kind: DocumentKind) -> None:
    """From an app's apps.py."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> DocumentKind:
    """KeyError for a kind that nobody registered."""
    return _kinds[name]


def all_kinds() -> list[DocumentKind]:
    return list(_kinds.values())


def guest_kinds() -> list[str]:
    """Names of the kinds that people without an account send."""
    return sorted(kind.name for kind in _kinds.values() if kind.from_guests)


def upload_kinds(user: Any) -> list[str]:
    """Names of the kinds that this person may send without a form."""
    return sorted(kind.name for kind in _kinds.values() if kind.may_upload and kind.may_upload(user))
