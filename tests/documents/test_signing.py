"""Signing on a screen: exactly the paper that was shown, with what proves it, never changed again."""

import json

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from common.errors import Invalid
from documents import registry, signing
from documents.drawing import SignatureEmpty
from documents.models import Signature
from documents.signing import PaperChanged
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory, paper_of

pytestmark = pytest.mark.django_db
NAME = [[[100, 500, 0], [300, 200, 40], [500, 700, 90]], [[700, 500, 200], [720, 480, 220]]]


def page(name, document):
    return reverse(f"documents:{name}", args=[document.pk])


@pytest.fixture
def mara():
    return UserFactory.create(first_name="Mara", last_name="Lindqvist")


def sent(paper, **more):
    return {"sha256": paper.sha256, "signer_name": "Mara Lindqvist", "strokes": json.dumps(NAME), **more}


def test_a_drawn_name_is_kept_with_its_evidence_and_a_sheet_that_shows_it(client, mara):
    paper = paper_of(mara)
    client.force_login(mara)
    shown = client.get(page("document-sign", paper))
    assert paper.sha256 in shown.text
    answer = client.post(page("document-sign", paper), sent(paper), headers={"User-Agent": "Tablet 7"})
    assert answer["Location"] == page("document-signatures", paper)
    kept = Signature.objects.get()
    assert (kept.sha256, kept.signer, kept.witnessed_by, kept.device) == (
        paper.sha256,
        mara,
        None,
        "Tablet 7",
    )
    assert kept.strokes == NAME
    assert kept.sheet is not None
    assert kept.sheet.is_ready
    assert kept.sheet.owner == mara
    listed = client.get(answer["Location"]).text
    assert page("document-detail", kept.sheet) in listed
    assert client.get(page("document-detail", kept.sheet)).status_code == 200


def test_a_double_click_signs_once(client, mara):
    paper = paper_of(mara)
    client.force_login(mara)
    body = sent(paper, idempotency_key="one")
    assert client.post(page("document-sign", paper), body).status_code == 302
    assert client.post(page("document-sign", paper), body).status_code == 302
    assert Signature.objects.count() == 1


def test_a_typed_name_signs_as_well_for_those_who_do_not_draw(client, mara):
    paper = paper_of(mara)
    client.force_login(mara)
    body = {**sent(paper, strokes=""), "strokes-typed": "1"}
    assert client.post(page("document-sign", paper), body).status_code == 302
    assert Signature.objects.get().strokes == []


@pytest.mark.parametrize(
    "strokes",
    ["", "[]", "[[[1, 1, 0]]]", "[[[1,1,0],[5,5,9]]]", "{", '[["a"]]', "[[[1,1,0],[9999,1,5]]]", "[" * 9999],
)
def test_what_is_no_signature_is_explained_beside_the_field(client, mara, strokes):
    paper = paper_of(mara)
    client.force_login(mara)
    answer = client.post(page("document-sign", paper), sent(paper, strokes=strokes))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"strokes"}
    assert not Signature.objects.exists()


def test_another_paper_than_the_one_shown_is_not_signed(client, mara, now):
    paper = paper_of(mara)
    client.force_login(mara)
    answer = client.post(page("document-sign", paper), sent(paper, sha256="0" * 64))
    assert answer.status_code == 422
    with pytest.raises(PaperChanged):
        signing.sign(document=paper, sha256="", signer=mara, signer_name="Mara", strokes=NAME, now=now)
    assert not Signature.objects.exists()


def test_a_signature_needs_a_name_and_some_ink(mara, now):
    paper = paper_of(mara)
    base = {"document": paper, "sha256": paper.sha256, "signer": mara, "now": now}
    with pytest.raises(Invalid):
        signing.sign(**base, signer_name=" ", strokes=NAME)
    with pytest.raises(SignatureEmpty):
        signing.sign(**base, signer_name="Mara Lindqvist", strokes=[])


def test_a_colleague_who_hands_over_the_screen_is_the_witness(client, mara, monkeypatch):
    paper, colleague = paper_of(mara), UserFactory.create(role="staff")
    kind = registry.DocumentKind(paper.kind, "Papier", lambda *_: True, may_sign=lambda *_: True)
    monkeypatch.setitem(registry._kinds, paper.kind, kind)
    client.force_login(colleague)
    client.post(page("document-sign", paper), sent(paper))
    kept = Signature.objects.get()
    assert (kept.signer, kept.witnessed_by) == (mara, colleague)


def test_a_signature_is_never_changed_nor_deleted(mara):
    paper = paper_of(mara)
    kept = signing.sign(
        document=paper,
        sha256=paper.sha256,
        signer=mara,
        signer_name="Mara Lindqvist",
        strokes=NAME,
        now=timezone.now(),
    )
    for change in (lambda: Signature.objects.update(signer_name="Jemand"), lambda: kept.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_nobody_signs_foreign_papers_or_pictures(client, mara):
    paper, picture = paper_of(mara), DocumentFactory.create(by=mara)
    client.force_login(UserFactory.create())
    assert client.get(page("document-sign", paper)).status_code == 404
    assert client.post(page("document-sign", paper), sent(paper)).status_code == 404
    assert client.get(page("document-signatures", paper)).status_code == 404
    client.force_login(mara)
    assert client.get(page("document-sign", picture)).status_code == 404


def test_the_list_of_signatures_costs_the_same_for_many(client, mara, django_assert_num_queries):
    paper = paper_of(mara)
    client.force_login(mara)
    for number in range(3):
        signing.sign(
            document=paper,
            sha256=paper.sha256,
            signer=mara,
            signer_name=f"Mara {number}",
            strokes=NAME,
            witnessed_by=UserFactory.create(),
            now=timezone.now(),
        )
        if number in (0, 2):
            client.get(page("document-signatures", paper))
            with django_assert_num_queries(5):
                client.get(page("document-signatures", paper))
