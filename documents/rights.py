"""Who may read a document: asked at every download, decided by its kind."""

from typing import Any

from django.db import models

from documents import registry
from documents.errors import DocumentNotFound
from documents.models import Document


def readable_document(*, user: Any, pk: int) -> Document:
    """The document, whatever its state but erased. Raises DocumentNotFound for what is not theirs."""
    document = Document.objects.not_erased().filter(pk=pk).first()
    if document is None or not may_read(user=user, document=document):
        raise DocumentNotFound
    return document


def may_read(*, user: Any, document: Document) -> bool:
    """Uploads that belong to nothing yet: their uploader; everything else: as the kind says."""
    if not document.about_kind and document.uploaded_by_id is not None:
        return bool(user.is_authenticated and document.uploaded_by_id == user.pk)
    try:
        kind = registry.kind_named(document.kind)
    except KeyError:  # a kind that is no more: nobody's, until somebody says whose
        return False
    return kind.may_read(user, document)


def signable_document(*, user: Any, pk: int) -> Document:
    """A paper that is ready and that this person may sign, or have signed. Raises DocumentNotFound."""
    document = readable_document(user=user, pk=pk)
    if not may_sign(user=user, document=document):
        raise DocumentNotFound
    return document


def may_sign(*, user: Any, document: Document) -> bool:
    """Whether the kind lets this person sign a paper that is ready, or have it signed."""
    decide = registry.kind_named(document.kind).may_sign
    return bool(document.is_ready and decide and decide(user, document))


def owner_may_read(user: Any, document: Document) -> bool:
    """For kinds whose documents only the person they are about may read."""
    return bool(user.is_authenticated and document.owner_id == user.pk)


def about_id_in(rows: "models.QuerySet[Any]", document: Document) -> bool:
    """For kinds whose rights follow what they belong to: whether it is among ``rows`` (visible_to …)."""
    return document.about_kind == rows.model._meta.label_lower and rows.filter(pk=document.about_id).exists()


__all__ = ["about_id_in", "may_read", "may_sign", "owner_may_read", "readable_document", "signable_document"]
