"""Files as people send them, and documents in the state a test needs."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from documents import blocks, cleaning, papers, registry, rights, uploads
from documents.models import Document

KIND = "tests.picture"
PAPER = "tests.paper"
registry.register_kind(registry.DocumentKind(KIND, "Bild", rights.owner_may_read))
registry.register_kind(
    registry.DocumentKind(
        PAPER, "Papier", rights.owner_may_read, registry.PAPERS, may_sign=rights.owner_may_read
    )
)


def picture_bytes(
    form: str = "JPEG", size: tuple[int, int] = (80, 60), colour: str = "teal", **options: Any
) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def sent(content: bytes | None = None, name: str = "auto.jpg") -> SimpleUploadedFile:
    """A file as a form brings it; by default a small teal photo."""
    return SimpleUploadedFile(name, picture_bytes() if content is None else content)


class DocumentFactory:
    """``create(by=…)`` is an upload that was checked; ``received`` one that waits for its check."""

    @staticmethod
    def received(*, by: Any, kind: str = KIND, content: bytes | None = None, **more: Any) -> Document:
        values = {"upload": sent(content), "now": timezone.now(), **more}
        return uploads.receive_upload(by=by, kind=kind, **values)

    @classmethod
    def create(cls, **values: Any) -> Document:
        document = cls.received(**values)
        cleaning.check_document(document_id=document.pk, now=document.created_at)
        document.refresh_from_db()
        return document


def paper_of(owner: Any, *, title: str = "Übergabeprotokoll", **more: Any) -> Document:
    """A paper of the house about this person."""
    values = {"title": title, "blocks": [blocks.text("Guten Tag.")]}
    given = {"name": title, "language": "de", "now": timezone.now(), **more}
    return papers.make_paper(kind=PAPER, values=values, owner=owner, **given)
