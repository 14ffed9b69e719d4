"""What an attacker sends: refused with a reason, or drawn anew so that nothing of it is left."""

from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from documents import cleaning, headers, redrawing
from documents.errors import REFUSALS, UploadRefused
from documents.models import Document
from tests.factories import hostile
from tests.factories.accounts import UserFactory
from tests.factories.documents import KIND, PAPER, DocumentFactory, picture_bytes

pytestmark = pytest.mark.django_db
WEBP = picture_bytes("WEBP", lossless=True)


def sent_and_checked(content, kind=KIND):
    """What becomes of a file: the document after its check, or the code of an immediate refusal."""
    try:
        return DocumentFactory.create(by=UserFactory.create(), kind=kind, content=content)
    except UploadRefused as refused:
        return refused.code


def stored(document):
    with document.file.open("rb") as file:
        return file.read()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (hostile.SVG, "file_type"),
        (b"\xef\xbb\xbf" + hostile.SVG, "file_type"),
        (b"<!doctype html><script>alert(1)</script>", "file_type"),
        (b"GIF89a" + b"\0" * 40, "file_type"),
        (hostile.animated("GIF", 300), "file_type"),
        (b"MZ" + b"\0" * 100, "file_type"),
        (b"PK\x03\x04" + b"\0" * 100, "file_type"),
        (b" %PDF-1.7 not at the beginning", "file_type"),
        (hostile.PNG + hostile.SVG, "file_damaged"),
        (b"\xff\xd8\xff\xe0" + hostile.SVG, "file_damaged"),
        (b"RIFF\x00\x00\x00\x00WEBP" + hostile.SVG, "file_damaged"),
        (WEBP[:18], "file_damaged"),
        (hostile.pixel_bomb(), "file_pixels"),
        (hostile.lying_webp(), "file_pixels"),
        (hostile.animated("WEBP"), "file_animated"),
        (hostile.animated("PNG"), "file_animated"),
        (hostile.apng_that_claims(10_000), "file_animated"),
        (hostile.text_bomb(), "file_damaged"),
        (b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024), "file_too_large"),
    ],
    ids=[
        "zero bytes", "svg", "svg with a mark before it", "html", "gif head", "gif of 300 frames", "program",
        "archive", "pdf behind a blank", "svg in png clothes", "svg in jpeg clothes", "svg in webp clothes",
        "webp cut off in its head", "png of 3.6 gigapixels", "webp that lies about its canvas",
        "moving webp", "moving png", "png of 10,000 frames", "text that unpacks to 50 MB", "too large",
    ],
)  # fmt: skip
def test_it_is_refused_at_once_and_nothing_of_it_is_kept(content, code):
    assert sent_and_checked(content, PAPER if content.startswith(b" %PDF") else KIND) == code
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (picture_bytes(size=(900, 900))[:3000], "file_damaged"),
        (hostile.png(200, 200)[:80], "file_damaged"),
        (picture_bytes("WEBP", size=(300, 300), lossless=True)[:40], "file_damaged"),
        (hostile.png(100, 100, lines=b"\0"), "file_damaged"),
    ],
    ids=["jpeg", "png", "webp", "png without its pixels"],
)
def test_a_picture_that_is_cut_off_is_refused_by_the_worker_and_deleted(content, code, run_reactions):
    document = DocumentFactory.received(by=UserFactory.create(), content=content)
    storage, name = document.received.storage, document.received.name
    assert storage.exists(str(name))
    document = sent_and_checked(content)
    assert (document.state, document.refusal) == ("refused", code)
    assert not document.file
    assert not document.received
    assert document.refusal_words == REFUSALS[code]


def test_a_picture_says_nothing_about_camera_place_or_time():
    document = sent_and_checked(hostile.jpeg_with_huge_exif())
    content = stored(document)
    picture = Image.open(BytesIO(content))
    assert not picture.getexif()
    assert b"Kamera" not in content
    assert len(content) < 2000


def test_nothing_of_a_polyglot_but_its_pixels_is_kept():
    content = stored(sent_and_checked(hostile.polyglot()))
    assert b"script" not in content
    assert b"PK\x05\x06" not in content


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_name_decides_nothing(form):
    owner = UserFactory.create()
    document = DocumentFactory.create(by=owner, content=picture_bytes(form), name="../../etc/evil.php\0.exe")
    assert document.file_name == "evil.php.webp"
    assert "evil" not in str(document.file.name)


def test_a_pdf_keeps_what_it_shows_and_loses_what_it_does():
    content = stored(sent_and_checked(hostile.pdf_with_everything(), PAPER))
    with pikepdf.open(BytesIO(content)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        page = pdf.pages[0]
        assert b"Hallo" in page.Contents.read_bytes()
        links = [str(link.A.URI) for link in page.Annots]
        assert links == ["https://nordlicht.example/"]
        plain = hostile.saved(
            pdf, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable
        )
    assert b"evil" not in plain
    assert b"JavaScript" not in plain


def test_what_was_typed_into_a_pdf_form_stays_readable():
    content = stored(sent_and_checked(hostile.pdf_form("Mara Lindqvist"), PAPER))
    with pikepdf.open(BytesIO(content)) as pdf:
        assert "/AcroForm" not in pdf.Root
        drawn = b"".join(x.read_bytes() for x in pdf.pages[0].Resources.XObject.values())
    assert b"Mara Lindqvist" in drawn


@pytest.mark.parametrize(
    "lock",
    [pikepdf.Encryption(user="geheim", owner="geheim"), pikepdf.Encryption(user="", owner="geheim")],
    ids=["to be opened with a password", "opens, but is locked"],
)
def test_a_locked_pdf_is_refused_with_words_that_help(lock):
    document = sent_and_checked(hostile.saved(hostile.plain_pdf(), encryption=lock), PAPER)
    assert document.refusal == "file_locked"
    assert "Passwort" in document.refusal_words or "password" in document.refusal_words


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hostile.saved(hostile.plain_pdf())[:-200], "file_damaged"),
        (b"%PDF-1.7\n" + hostile.SVG + b"\n%%EOF", "file_damaged"),
        (b"%PDF-1.7\ntrailer << /Root 1 0 R >>\n%%EOF", "file_damaged"),
    ],
    ids=["cut off", "svg in pdf clothes", "without pages"],
)
def test_a_pdf_that_is_none_is_refused(content, code):
    assert sent_and_checked(content, PAPER).refusal == code


def test_a_pdf_of_very_many_pages_is_refused():
    pdf = hostile.plain_pdf()
    for _ in range(redrawing.MAX_PAGES):
        pdf.pages.append(pdf.pages[0])
    assert sent_and_checked(hostile.saved(pdf), PAPER).refusal == "file_pages"


def test_a_zip_bomb_in_a_pdf_ends_with_its_child_and_not_with_the_worker():
    bomb = hostile.zip_bomb_pdf()
    assert len(bomb) < 4_000_000
    assert sent_and_checked(bomb, PAPER).refusal in ("file_too_complex", "file_damaged")


def test_a_picture_within_the_limits_that_needs_too_much_memory_is_refused(monkeypatch, tmp_path):
    """The child's limit, not the machine's, is what it meets."""
    child = tmp_path / "redrawing.py"
    child.write_text(cleaning.CHILD.read_text().replace("MEMORY = 1024 * 1024 * 1024", "MEMORY = 85 << 20"))
    monkeypatch.setattr(cleaning, "CHILD", child)
    assert sent_and_checked(hostile.png(70, 70)).is_ready
    big = hostile.png(7000, 7000)
    assert headers.look_at(BytesIO(big), size=len(big), kind=_picture_kind()).width == 7000
    assert sent_and_checked(big).refusal == "file_too_complex"


def _picture_kind():
    from documents.registry import kind_named

    return kind_named(KIND)


@pytest.mark.parametrize(
    "program",
    ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "raise SystemExit(3)", "while True: pass"],
    ids=["killed", "crashed", "never ends"],
)
def test_a_child_that_dies_or_never_ends_means_refused(program, monkeypatch, tmp_path):
    child = tmp_path / "redrawing.py"
    child.write_text(program)
    monkeypatch.setattr(cleaning, "CHILD", child)
    monkeypatch.setattr(cleaning, "SECONDS", 1)
    assert sent_and_checked(picture_bytes()).refusal == "file_too_complex"


def test_the_child_knows_no_secret(monkeypatch, tmp_path):
    child = tmp_path / "redrawing.py"
    child.write_text(
        "import os, sys\n"
        "known = [n for n in os.environ if n not in ('LC_CTYPE',)]\n"
        "print('{\"refused\": \"file_type\"}' if not known and os.getcwd() == '/' else '')"
    )
    monkeypatch.setattr(cleaning, "CHILD", child)
    monkeypatch.setenv("SECRET_KEY", "geheim")
    assert sent_and_checked(picture_bytes()).refusal == "file_type"


def test_every_refusal_has_words_in_both_languages():
    from django.utils import translation

    for code, words in REFUSALS.items():
        with translation.override("de"):
            german = str(words)
        with translation.override("en"):
            assert str(words) != german, code
