"""Erasing: the content goes with the last document that has it; what belongs to nothing goes by itself."""

from datetime import timedelta

import pytest
from django.db import transaction

from documents import cleaning, contents, erasing, registry, retention, rights, uploads
from documents.errors import AlreadyAttached, DocumentNotFound, TooManyUploads
from documents.models import RECEIVED, Document
from tests.factories.accounts import UserFactory
from tests.factories.documents import PAPER, DocumentFactory, paper_of, sent

pytestmark = pytest.mark.django_db


def test_the_same_content_lies_once_and_stays_until_the_last_is_erased(run_reactions, now):
    first, second = (DocumentFactory.create(by=UserFactory.create()) for _ in range(2))
    assert first.file.name == second.file.name
    storage, name = first.file.storage, first.file.name
    erasing.erase_document(document=first, now=now)
    run_reactions()
    assert storage.exists(str(name))
    erasing.erase_document(document=second, now=now)
    run_reactions()
    assert not storage.exists(str(name))


def test_an_erased_document_is_an_empty_shell(run_reactions, now):
    owner = UserFactory.create()
    document = DocumentFactory.create(by=owner, name="Führerschein")
    erasing.erase_document(document=document, now=now, by=owner)
    run_reactions()
    document.refresh_from_db()
    assert (document.state, document.name, document.sha256, document.file.name) == ("erased", "", "", "")
    with pytest.raises(DocumentNotFound):
        rights.readable_document(user=owner, pk=document.pk)
    erasing.erase_document(document=document, now=now)  # again: nothing happens


def test_erasing_what_waits_for_its_check_deletes_the_upload(
    run_reactions, now, django_capture_on_commit_callbacks
):
    document = DocumentFactory.received(by=UserFactory.create())
    storage, name = document.received.storage, document.received.name
    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_document(document=document, now=now)
    assert not storage.exists(str(name))
    run_reactions()
    document.refresh_from_db()
    assert document.state == "erased"


def test_the_original_is_deleted_once_it_was_drawn_anew(django_capture_on_commit_callbacks):
    document = DocumentFactory.received(by=UserFactory.create())
    storage, name = document.received.storage, document.received.name
    with django_capture_on_commit_callbacks(execute=True):
        cleaning.check_document(document_id=document.pk, now=document.created_at)
    assert not storage.exists(str(name))


def test_uploads_that_belong_to_nothing_go_after_a_day_and_papers_stay(now):
    person = UserFactory.create()
    left = DocumentFactory.create(by=person, now=now)
    attached = DocumentFactory.create(by=person, now=now, about=person)
    later = DocumentFactory.create(by=person, now=now)
    uploads.attach(document=later, about=person)
    paper = paper_of(person, now=now)
    retention.erase_due(now=now + timedelta(hours=23))
    assert not Document.objects.filter(state="erased").exists()
    retention.erase_due(now=now + timedelta(hours=25))
    assert list(Document.objects.filter(state="erased")) == [left]
    assert list(Document.objects.about(person)) == [attached, later]
    assert paper.is_ready


def test_a_document_goes_after_its_last_day_in_berlin(now, monkeypatch):
    kind = registry.DocumentKind(PAPER, "Papier", rights.owner_may_read, keep=timedelta(days=3))
    monkeypatch.setitem(registry._kinds, PAPER, kind)
    paper = paper_of(UserFactory.create(), now=now)
    assert str(paper.keep_until) == "2026-11-27"
    retention.erase_due(now=now.replace(day=27, hour=22, minute=59))
    paper.refresh_from_db()
    assert paper.is_ready
    retention.erase_due(now=now.replace(day=27, hour=23, minute=1))
    paper.refresh_from_db()
    assert paper.state == "erased"


def test_remains_of_lost_processes_are_swept_and_what_waits_is_not(now, monkeypatch):
    waiting = DocumentFactory.received(by=UserFactory.create(), now=now)
    storage = contents.storage()
    lost = storage.save(f"{RECEIVED}/lost", sent())
    assert retention.sweep_received(now=now - timedelta(days=365)) == 0
    assert retention.sweep_received(now=now + timedelta(days=365)) >= 1
    assert not storage.exists(lost)
    assert storage.exists(str(waiting.received.name))


def test_a_file_belongs_to_one_thing_only(now):
    person, other = UserFactory.create(), UserFactory.create()
    document = DocumentFactory.create(by=person)
    uploads.attach(document=document, about=person)
    uploads.attach(document=document, about=person)  # a form sent twice
    with pytest.raises(AlreadyAttached):
        uploads.attach(document=document, about=other)


def test_nobody_fills_the_house_with_files_that_belong_to_nothing(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_UNATTACHED", 2)
    person = UserFactory.create()
    for _ in range(2):
        DocumentFactory.received(by=person)
    with pytest.raises(TooManyUploads):
        DocumentFactory.received(by=person)
    DocumentFactory.received(by=person, about=person)
    monkeypatch.setattr(uploads, "MOST_WAITING", 3)
    with pytest.raises(TooManyUploads, match="geprüft"):
        DocumentFactory.received(by=person, about=person)


def test_a_worker_killed_in_the_middle_leaves_the_upload_waiting_and_the_next_finishes(run_reactions):
    document = DocumentFactory.received(by=UserFactory.create())

    @transaction.atomic
    def killed() -> None:
        cleaning.check_document(document_id=document.pk, now=document.created_at)
        raise KeyboardInterrupt  # what a killed worker leaves: the content is stored, nothing is committed

    with pytest.raises(KeyboardInterrupt):
        killed()
    document.refresh_from_db()
    assert document.is_checking
    run_reactions()
    document.refresh_from_db()
    assert document.is_ready
    assert contents.storage().exists(str(document.file.name))
