"""Files that mean harm, made by hand: each is what an attacker would send, at its real size."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *extra: bytes, lines: bytes | None = None, grey_bits: int = 8) -> bytes:
    """A grey PNG that claims this size; its pixels are zeros, or whatever ``lines`` says."""
    row = b"\0" + b"\0" * ((width * grey_bits + 7) // 8)
    body = zlib.compress(row * height if lines is None else lines, 9)
    head = struct.pack(">IIBBBBB", width, height, grey_bits, 0, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + b"".join(extra) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pixel_bomb() -> bytes:
    """A few bytes that say they are 60,000 × 60,000 pixels."""
    return png(60_000, 60_000, lines=b"\0")


def lying_webp() -> bytes:
    """A small WebP whose canvas (VP8X) claims 16,384 × 16,384 pixels."""
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "WEBP", lossless=True)
    inner = out.getvalue()[12:]
    claimed = (16_383).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + claimed + claimed + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def text_bomb() -> bytes:
    """A PNG whose compressed text unpacks to 50 MB."""
    return png(8, 8, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 50_000_000, 9)))


def animated(form: str, frames: int = 3) -> bytes:
    out = BytesIO()
    first, *rest = [Image.new("RGB", (20, 20), ((n * 80) % 256, n // 256, 0)) for n in range(frames)]
    first.save(out, form, save_all=True, append_images=rest, duration=20)
    return out.getvalue()


def apng_that_claims(frames: int) -> bytes:
    return png(8, 8, chunk(b"acTL", struct.pack(">II", frames, 0)))


def jpeg_with_huge_exif() -> bytes:
    """60 KB of EXIF with a place and a camera in it, and forty more blocks of it."""
    exif = Image.Exif()
    exif[0x010F] = "Kamera von Mara " * 3000
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=exif)
    whole = out.getvalue()
    block = b"\xff\xe1" + struct.pack(">H", 60_002) + b"Exif\0\0" + b"M" * 59_994
    return whole[:2] + block * 40 + whole[2:]


def polyglot() -> bytes:
    """A photo that is a page with a script as well, and an archive at its end."""
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", comment=b"<script>alert(1)</script>")
    return out.getvalue() + b"<html><script>alert(2)</script></html>PK\x05\x06" + b"\0" * 18


def plain_pdf(words: bytes = b"Hallo") -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(300, 200))
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(b"BT /F1 12 Tf 20 100 Td (" + words + b") Tj ET")
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F1=font))
    return pdf


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    out = BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def pdf_with_everything() -> bytes:
    """Scripts at opening and by name, programs started by a page and a link, a file inside, an author."""
    pdf = plain_pdf()
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('evil')"))
    pdf.Root.OpenAction = script
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("evil.exe")))
    pdf.pages[0].Annots = Array(
        [
            pdf.make_indirect(_link(Dictionary(S=Name.Launch, F=String("evil.exe")))),
            _link(Dictionary(S=Name.URI, URI=String("javascript:evil()"))),
            _link(Dictionary(S=Name.URI, URI=String("https://nordlicht.example/"), Next=script)),
        ]
    )
    pdf.attachments["evil.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ evil")
    pdf.docinfo["/Author"] = "Mara evil"
    return saved(pdf)


def _link(action: Dictionary) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 10, 10]), A=action)


def pdf_form(typed: str) -> bytes:
    """A form with one typed field that shows only by its appearance."""
    pdf = plain_pdf()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("name"),
            V=String(typed),
            DA=String("/Helv 12 Tf 0 g"),
            Rect=Array([20, 20, 200, 40]),
            F=4,
            P=pdf.pages[0].obj,
        )
    )
    pdf.pages[0].Annots = Array([field])
    resources = Dictionary(Font=Dictionary(Helv=font))
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([field]), DA=String("/Helv 12 Tf 0 g"), DR=resources, NeedAppearances=True
    )
    return saved(pdf)


def zip_bomb_pdf() -> bytes:
    """A list of objects that unpacks to 1.5 GB."""
    # Made of one block that ends on a byte, so that only the check sum needs all of it.
    squeezer, block, check = zlib.compressobj(9, wbits=-15), b" " * 1_000_000, 1
    piece = squeezer.compress(block) + squeezer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(1500):
        check = zlib.adler32(block, check)
    squeezed = b"\x78\xda" + piece * 1500 + squeezer.flush() + struct.pack(">I", check)
    head = b"%PDF-1.5\n"
    stream = (
        b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(squeezed)
        + squeezed
        + b"\nendstream\nendobj\n"
    )
    rows = b"".join(
        [
            b"\0\0\0\0\0\0\xff",
            b"\x02\0\0\0\x05\0\0",
            b"\x02\0\0\0\x05\0\1",
            b"\0\0\0\0\0\0\xff",
            b"\0\0\0\0\0\0\xff",
            b"\x01" + struct.pack(">I", len(head)) + b"\0\0",
            b"\x01" + struct.pack(">I", len(head) + len(stream)) + b"\0\0",
        ]
    )
    table = (
        b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n" % len(rows)
        + rows
        + b"\nendstream\nendobj\n"
    )
    return head + stream + table + b"startxref\n%d\n%%%%EOF\n" % (len(head) + len(stream))
