"""Papers: PDF/A with real text, from values that are never read as markup."""

from io import BytesIO

import pikepdf
import pytest

from documents import blocks, papers
from tests.factories.accounts import UserFactory
from tests.factories.documents import PAPER

pytestmark = pytest.mark.django_db


def values(**more):
    return {"title": "Empfangsbestätigung", "blocks": [blocks.text("Guten Tag")], **more}


def test_a_paper_is_archivable_and_tagged_for_screen_readers(now):
    paper = papers.make_paper(
        kind=PAPER, values=values(), name="Bestätigung", owner=UserFactory.create(), language="de", now=now
    )
    assert paper.is_ready
    assert paper.file_name == "Bestätigung.pdf"
    with paper.file.open("rb") as stored, pikepdf.open(BytesIO(stored.read())) as pdf:
        metadata = pdf.open_metadata()
        assert metadata.pdfa_status == "2A"
        assert metadata["pdfuaid:part"] == "1"
        assert pdf.Root.Lang == "de"
        assert metadata["dc:title"] == "Empfangsbestätigung"
