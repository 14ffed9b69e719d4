"""Where contents lie: once each, named by their hash, gone with the last document that has them."""

import hashlib

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connection, transaction

from documents.models import Document, kept_name


def storage() -> Storage:
    """Private: a closed folder, or a bucket that nobody reads but us."""
    stored: Storage = Document._meta.get_field("file").storage
    return stored


def keep(sha256: str, content: "bytes | File[bytes]") -> str:
    """Store a content unless it is there; its name. Holds the content's lock until commit."""
    lock(sha256)
    name = kept_name(Document(sha256=sha256), "")
    if not storage().exists(name):
        storage().save(name, ContentFile(content) if isinstance(content, bytes) else content)
    return name


def measure(content: "bytes | File[bytes]") -> tuple[str, int]:
    """SHA-256 and size in bytes; a file is read in chunks and stands at its beginning afterwards."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest(), len(content)
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    for chunk in content.chunks():
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size


def drop_if_unused(sha256: str) -> bool:
    """Delete a content that no document has any more. Holds its lock until commit."""
    lock(sha256)
    name = kept_name(Document(sha256=sha256), "")
    if Document.objects.filter(file=name).exists():
        return False
    storage().delete(name)
    return True


def forget_received(document: Document) -> None:
    """The upload as it came: deleted after commit (what a lost process leaves, the sweep finds)."""
    name = document.received.name
    document.received = ""
    if name:
        transaction.on_commit(lambda: storage().delete(name), robust=True)


def lock(sha256: str) -> None:
    """Whoever stores or drops the same content waits: between "is it there" and "it is mine" lies time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"documents:{sha256}"])
