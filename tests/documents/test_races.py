"""The same content stored and dropped at once, by real threads."""

from threading import Thread

from django.db import connection

from documents import cleaning, contents, erasing, uploads
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


def test_what_is_attached_or_erased_while_it_is_drawn_neither_waits_nor_is_lost(
    committing_db, monkeypatch, now
):
    person = UserFactory.create()
    attached, erased = DocumentFactory.received(by=person), DocumentFactory.received(by=person)
    draw = cleaning.draw_anew

    def meanwhile(*args, **kwargs):
        """What another connection does in the middle; with a lock held it would never come back."""

        def other():
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            uploads.attach(document=attached, about=person)
            erasing.erase_document(document=erased, now=now)

        assert race_of_one(other) is None
        return draw(*args, **kwargs)

    monkeypatch.setattr(cleaning, "draw_anew", meanwhile)
    cleaning.check_document(document_id=erased.pk, now=now)
    cleaning.check_document(document_id=attached.pk, now=now)
    attached.refresh_from_db()
    erased.refresh_from_db()
    assert (attached.state, attached.about_id) == ("ready", person.pk)
    assert erased.state == "erased"


def race_of_one(call):
    outcome: list[Exception | None] = []

    def run():
        try:
            call()
            outcome.append(None)
        except Exception as error:  # the outcome is the result
            outcome.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    return outcome[0]
