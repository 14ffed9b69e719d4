"""Files with a few bytes changed: taken or refused with a known code, never anything else."""

from io import BytesIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents import headers, redrawing, registry
from documents.errors import REFUSALS, UploadRefused
from tests.factories import hostile
from tests.factories.documents import PAPER, picture_bytes

WHOLE = [
    picture_bytes("JPEG"),
    picture_bytes("PNG"),
    picture_bytes("WEBP"),
    picture_bytes("WEBP", lossless=True),
    hostile.jpeg_with_huge_exif(),
    hostile.saved(hostile.plain_pdf()),
    hostile.pdf_with_everything(),
    hostile.pdf_form("Mara"),
]
PLACES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def changed(whole, places, cut):
    content = bytearray(whole)
    for place, byte in places:
        content[min(int(place * len(content)), len(content) - 1)] = byte
    return bytes(content[: int(len(content) * cut)])


def what_becomes_of(content):
    """The code of its refusal, or the file as it is drawn anew."""
    try:
        header = headers.look_at(BytesIO(content), size=len(content), kind=registry.kind_named(PAPER))
        if header.media_type == "application/pdf":
            return redrawing.rewrite_pdf(content)[1]
        return redrawing.redraw_picture(content, header.media_type, 500)[1]
    except UploadRefused as refused:
        return refused.code
    except redrawing.Refused as refused:
        return refused.args[0]


@FEW
@given(whole=st.sampled_from(WHOLE), places=PLACES, cut=st.sampled_from([1.0, 1.0, 0.97, 0.5, 0.05]))
def test_a_damaged_file_is_taken_or_refused_with_a_known_code(whole, places, cut):
    result = what_becomes_of(changed(whole, places, cut))
    assert result in REFUSALS if isinstance(result, str) else b"evil" not in result


@FEW
@given(content=st.binary(max_size=64))
def test_anything_at_all_is_looked_at_without_harm(content):
    for head in (b"", b"\xff\xd8\xff", hostile.PNG, b"RIFF\0\0\0\0WEBPVP8X", b"%PDF-"):
        assert what_becomes_of(head + content) in REFUSALS
