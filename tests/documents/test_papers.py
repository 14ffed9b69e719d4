"""Papers: PDF/A with real text, from values that are never read as markup."""

from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from documents import blocks, papers
from tests.factories.accounts import UserFactory
from tests.factories.documents import PAPER, picture_bytes

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


def test_a_brand_with_a_picture_as_its_sign_shows_it(now, monkeypatch):
    picture = picture_bytes("WEBP")
    brand = {**papers.brand_of_settings(), "logo_picture": picture, "logo": ""}
    monkeypatch.setattr(papers, "_brand", lambda: brand)
    with pikepdf.open(BytesIO(papers.set_paper(values=values(), language="de", now=now))) as pdf:
        assert pdf.pages[0].get_images()


def test_what_people_type_is_never_markup_and_every_character_can_be_set(now):
    typed = '#panic() $x$ *a* @b <c> "d" \\ 😀 中文 Łukasz Дмитрий Ελένη \u202f\x07\u200b'
    content = papers.set_paper(
        values=values(
            title=typed,
            blocks=[
                blocks.heading(typed),
                blocks.text(typed),
                blocks.facts([(typed, typed)]),
                blocks.table([typed, "€"], [[typed, "1,00 €"]] * 80, right=[1]),
                blocks.signature(name=typed, strokes=[[[1, 1, 0]]], evidence=[typed], alt=typed),
            ],
        ),
        language="de",
        now=now,
    )
    with pikepdf.open(BytesIO(content)) as pdf:
        assert len(pdf.pages) > 2
        assert pdf.open_metadata()["dc:title"].startswith("#panic()")


def test_the_same_paper_at_the_same_moment_is_the_same_file(now):
    first, again = (papers.set_paper(values=values(), language="de", now=now) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(("language", "words"), [("de", "Seite 1 von 1"), ("en", "Page 1 of 1")])
def test_its_text_can_be_read_by_programs(now, language, words):
    content = papers.set_paper(
        values=values(blocks=[blocks.text("Guten Tag, Mara")]), language=language, now=now
    )
    text = PdfReader(BytesIO(content)).pages[0].extract_text()
    assert "Guten Tag, Mara" in text
    assert words in text
    assert "Nordlicht" in text
