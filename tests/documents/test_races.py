"""The same content stored and dropped at once, by real threads."""

from django.db import connection

from documents import cleaning, contents, erasing
from documents.models import Document
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory


def test_two_uploads_of_the_same_content_at_once_are_stored_once(committing_db, race):
    person = UserFactory.create()
    waiting = [DocumentFactory.received(by=person) for _ in range(4)]
    calls = [
        lambda pk=d.pk: cleaning.check_document(document_id=pk, now=waiting[0].created_at) for d in waiting
    ]
    assert race(calls) == [None] * 4
    names = set(Document.objects.values_list("file", flat=True))
    assert len(names) == 1
    folder, _, name = names.pop().rpartition("/")
    assert contents.storage().listdir(folder)[1] == [name]


def test_erasing_the_last_and_storing_the_same_anew_at_once_never_loses_it(committing_db, race, now):
    person = UserFactory.create()
    old = DocumentFactory.create(by=person)
    erasing.erase_document(document=old, now=now)
    fresh = DocumentFactory.received(by=person)
    outcome = race(
        [
            lambda: erasing.drop_content(document_id=old.pk),
            lambda: cleaning.check_document(document_id=fresh.pk, now=now),
        ]
    )
    assert outcome == [None, None]
    fresh.refresh_from_db()
    assert contents.storage().exists(str(fresh.file.name))
    connection.close()
