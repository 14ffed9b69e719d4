"""Fetching a document: the right is asked every time, and nothing in a file may run."""

import pytest
from django.urls import reverse

from common import realtime
from documents import erasing, live, papers, registry, rights, uploads
from documents.errors import REFUSALS
from tests.factories.accounts import UserFactory
from tests.factories.documents import PAPER, DocumentFactory, paper_of, picture_bytes

pytestmark = pytest.mark.django_db


def page(document, name="document-detail"):
    return reverse(f"documents:{name}", args=[document.pk])


@pytest.fixture
def mara(client):
    user = UserFactory.create()
    client.force_login(user)
    return user


def test_a_picture_is_shown_and_kept_by_this_browser_only(client, mara):
    document = DocumentFactory.create(by=mara, name="Mein Auto.jpg")
    answer = client.get(page(document))
    assert answer["Content-Disposition"] == 'inline; filename="Mein Auto.webp"'
    assert answer["Content-Length"] == str(document.size)
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    again = client.get(page(document), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_who_loses_the_right_gets_nothing_even_with_the_tag(client, mara, monkeypatch):
    document = DocumentFactory.create(by=mara, about=mara)
    tag = client.get(page(document))["ETag"]
    kind = registry.DocumentKind(document.kind, "Bild", lambda *_: False)
    monkeypatch.setitem(registry._kinds, document.kind, kind)
    assert client.get(page(document), headers={"If-None-Match": tag}).status_code == 404


def test_a_pdf_opens_and_can_be_saved(client, mara):
    paper = paper_of(mara, title="Übergabe")
    assert client.get(page(paper))["Content-Disposition"].startswith("inline; ")
    saved = client.get(page(paper), {"download": ""})["Content-Disposition"]
    assert saved == "attachment; filename*=utf-8''%C3%9Cbergabe.pdf"


def test_other_files_are_only_ever_saved(client, mara, now):
    page_like = papers.keep_file(
        kind=PAPER, content=b"<script>1</script>", media_type="text/html", name="x", owner=mara, now=now
    )
    assert client.get(page(page_like))["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("state", ["waiting", "refused", "erased", "of an unknown kind"])
def test_what_is_not_ready_is_not_found(client, mara, now, state):
    broken = picture_bytes(size=(900, 900))[:3000]
    document = (
        DocumentFactory.received(by=mara)
        if state == "waiting"
        else DocumentFactory.create(by=mara, content=broken if state == "refused" else None)
    )
    if state == "erased":
        erasing.erase_document(document=document, now=now)
    if state == "of an unknown kind":
        uploads.attach(document=document, about=mara)
        type(document).objects.update(kind="nobody.knows")
    assert client.get(page(document)).status_code == 404


def test_a_kind_for_everybody_is_shown_to_visitors_and_others_ask_to_sign_in(client, monkeypatch, now):
    owner = UserFactory.create()
    document = DocumentFactory.create(by=owner, about=owner)
    assert client.get(page(document))["Location"].startswith(reverse("account_login"))
    assert client.get(page(document, "document-state"))["Location"].startswith(reverse("account_login"))
    kind = registry.DocumentKind(document.kind, "Bild", lambda *_: True)
    monkeypatch.setitem(registry._kinds, document.kind, kind)
    assert client.get(page(document)).status_code == 200


def test_the_page_says_what_is_going_on_with_a_file(client, mara, clean_documents):
    good = DocumentFactory.received(by=mara)
    bad = DocumentFactory.received(by=mara, content=picture_bytes(size=(900, 900))[:3000])
    state = page(good, "document-state")
    assert "<img" not in client.get(state).text
    clean_documents()
    shown = client.get(state, {"alt": 'Kratzer "links"'}).text
    assert f'src="{page(good)}"' in shown
    assert 'alt="Kratzer &quot;links&quot;"' in shown
    assert str(REFUSALS["file_damaged"]) in client.get(page(bad, "document-state")).text


def test_only_readers_watch_a_document_and_hear_of_its_check(
    mara, monkeypatch, django_capture_on_commit_callbacks
):
    heard = []
    monkeypatch.setattr(live.realtime, "push", lambda topic, message: heard.append((topic, message["state"])))
    document = DocumentFactory.create(by=mara)
    assert heard == [(f"document:{document.pk}", "ready")]
    assert realtime.can_watch(mara, f"document:{document.pk}")
    assert not realtime.can_watch(UserFactory.create(), f"document:{document.pk}")
    assert not realtime.can_watch(mara, "document:999999")
    assert not realtime.can_watch(mara, "document:x")


def test_a_page_of_a_document_costs_few_queries(client, mara, django_assert_num_queries):
    document = DocumentFactory.create(by=mara, about=mara)
    client.get(page(document))
    with django_assert_num_queries(2):  # the person, the document
        client.get(page(document))


def test_rights_can_follow_what_a_document_belongs_to(mara):
    other = UserFactory.create()
    document = DocumentFactory.create(by=mara, about=other)
    users = type(mara).objects
    assert rights.about_id_in(users.filter(pk=other.pk), document)
    assert not rights.about_id_in(users.filter(pk=mara.pk), document)
