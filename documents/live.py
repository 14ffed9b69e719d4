"""Live news about a document: the page that says "being checked" swaps it for the picture."""

import re
from typing import Any

from common import realtime
from documents import rights
from documents.errors import DocumentNotFound
from documents.models import Document

TOPIC = re.compile(r"document:([0-9]{1,18})")


def topic_of(document_id: int) -> str:
    return f"document:{document_id}"


def may_watch(user: Any, topic: str) -> bool:
    """Whoever may read the document."""
    match = TOPIC.fullmatch(topic)
    if not match:
        return False
    try:
        rights.readable_document(user=user, pk=int(match[1]))
    except DocumentNotFound:
        return False
    return True


def tell(document: Document) -> None:
    """Its state changed: watchers fetch it again."""
    realtime.push(topic_of(document.pk), {"type": "document", "id": document.pk, "state": document.state})
