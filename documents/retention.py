"""What goes by itself: documents past their day, uploads that belong to nothing, lost remains."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.db.models import Q
from django.utils import timezone

from documents import contents, erasing, registry, uploads
from documents.models import RECEIVED, Document

AT_ONCE = 500  # per run: the next one goes on
REMAINS_AFTER = timedelta(days=2)


def erase_due(*, now: datetime) -> int:
    """Erase what was kept long enough, and uploads that nobody attached within a day."""
    past = Q(keep_until__lt=timezone.localdate(now))
    sent = Q(uploaded_by__isnull=False) | Q(kind__in=registry.guest_kinds())
    left = sent & Q(about_kind="", created_at__lt=now - uploads.UNATTACHED_FOR)
    due = Document.objects.not_erased().filter(past | left).order_by("pk")[:AT_ONCE]
    return erasing.erase_all(documents=due, now=now)


def sweep_received(*, now: datetime) -> int:
    """Delete received files that no document waits for: their transaction, or its end, was lost."""
    storage = contents.storage()
    try:
        _folders, names = storage.listdir(RECEIVED)
    except FileNotFoundError:  # nothing was ever received
        return 0
    gone = 0
    for name in (str(PurePosixPath(RECEIVED) / name) for name in names):
        waits = Document.objects.filter(received=name).exists()
        if not waits and storage.get_modified_time(name) < now - REMAINS_AFTER:
            storage.delete(name)
            gone += 1
    return gone
