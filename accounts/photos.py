"""A person's photo: checked by the worker, then shown; seen by staff and co-members only."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.organisations import organisations
from documents import erasing, uploads
from documents.models import Document
from documents.registry import DocumentKind
from journal import log

KIND = "accounts.photo"
LONGEST_SIDE = 512  # pixels: shown small everywhere


def set_photo(*, by: User, document: Document, now: datetime) -> None:
    """Take an upload of kind ``accounts.photo`` as the photo; it shows once it was checked.

    An earlier upload that still waits is erased: the last one counts.
    """
    with transaction.atomic():
        for earlier in Document.objects.about(by).filter(kind=KIND).exclude(pk=by.photo_id or 0):
            if earlier.pk != document.pk:
                erasing.erase_document(document=earlier, now=now, by=by)
        uploads.attach(document=document, about=by)
        document.refresh_from_db()
        if document.is_ready:  # the worker was faster
            show_photo(document=document, now=now)
        _record(by)


def show_photo(*, document: Document, now: datetime) -> None:
    """The checked photo takes the place of the one before, which is erased."""
    if document.about_kind != User._meta.label_lower or document.kind != KIND or not document.is_ready:
        return
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=document.about_id or 0)
        before = user.photo_id
        if before == document.pk:
            return
        user.photo = document
        user.save(update_fields=["photo"])
        earlier = Document.objects.not_erased().filter(pk=before).first() if before else None
        if earlier is not None:
            erasing.erase_document(document=earlier, now=now)


def remove_photo(*, by: User, now: datetime) -> None:
    """Erase the photo and whatever still waits to become it. Without one nothing happens."""
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        gone = list(Document.objects.about(user).filter(kind=KIND))
        user.photo = None
        user.save(update_fields=["photo"])
        for document in gone:
            erasing.erase_document(document=document, now=now, by=by)
        if gone:
            _record(by)


def newest_photo(user: User) -> Document | None:
    """The photo that was sent last, in whatever state: for its owner's own page."""
    return Document.objects.about(user).filter(kind=KIND).last()


def may_read(user: Any, document: Document) -> bool:
    """The person, staff, and members of the same organisation."""
    if not user.is_authenticated:
        return False
    if document.owner_id == user.pk or user.grants:
        return True
    return organisations.co_members(viewer=user, person_id=document.owner_id)


def photo_kind(label: Any) -> DocumentKind:
    return DocumentKind(KIND, label, may_read, longest_side=LONGEST_SIDE)


def _record(by: User) -> None:
    log.record("accounts.profile_changed", by=by, subject=by, data={"fields": ["photo"]}, audience=[by])
