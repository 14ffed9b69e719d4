"""The worker's part: checking what was received, dropping what was erased."""

from django.utils import timezone

from documents import cleaning, erasing
from journal.models import Event
from journal.reacting import reacts_to


@reacts_to("documents.received")
def check_upload(event: Event) -> None:
    cleaning.check_document(document_id=event.subject.object_id, now=timezone.now())


@reacts_to("documents.erased")
def drop_content(event: Event) -> None:
    erasing.drop_content(document_id=event.subject.object_id)
