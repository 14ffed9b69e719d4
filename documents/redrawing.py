"""Draws an uploaded file anew: run as a program of its own, with nothing to lose.

``python redrawing.py media_type longest_side`` reads the file on standard input and writes one
line of JSON (``{"media_type", "width", "height"}`` or ``{"refused": code}``) and then the new file.
It knows neither Django nor the environment, and limits itself before it opens anything: whatever a
hostile file does to a decoder happens here, and ends here.
"""

import io
import json
import resource
import sys
import warnings
from typing import Any

MEMORY = 1024 * 1024 * 1024  # bytes of address space
CPU_SECONDS = 15
OUTPUT = 64 * 1024 * 1024  # bytes
MAX_PIXELS = 50_000_000
MAX_PAGES = 300
MAX_OBJECTS = 200_000
TAIL = 4096  # bytes in which a whole PDF ends
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# What a page is made of; nothing else of it goes on (actions, thumbnails, metadata, threads).
PAGE_PARTS = {
    "/Type", "/Parent", "/Resources", "/Contents", "/MediaBox", "/CropBox", "/TrimBox", "/BleedBox",
    "/ArtBox", "/Rotate", "/UserUnit", "/Group",
}  # fmt: skip
# Wherever these stand, they start something, carry a file, or tell who made it and how.
NEVER = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF", "/XFA", "/RichMediaContent",
    "/Metadata", "/PieceInfo", "/Launch", "/Ref", "/OPI", "/Alternates", "/Popup",
}  # fmt: skip
LINKS = ("http://", "https://", "mailto:", "tel:")

Drawn = tuple[dict[str, Any], bytes]


class Refused(Exception):
    """``args[0]`` is a code of documents.errors.REFUSALS."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def redraw_picture(data: bytes, media_type: str, longest_side: int) -> Drawn:
    """A fresh WebP, upright, in sRGB, without any metadata."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=[FORMATS[media_type]])
        if picture.width * picture.height > MAX_PIXELS:
            raise Refused("file_pixels")
        if media_type != "image/jpeg" and getattr(picture, "is_animated", False):
            raise Refused("file_animated")
        profile = picture.info.get("icc_profile")
        picture.draft("RGB", (longest_side, longest_side))  # JPEG decodes straight to a smaller size
        picture.thumbnail((longest_side, longest_side))
        picture = _in_srgb(_on_white(ImageOps.exif_transpose(picture)), profile)
    except Image.DecompressionBombError as error:
        raise Refused("file_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, ArithmeticError) as error:
        raise Refused("file_damaged") from error
    fresh = Image.frombytes("RGB", picture.size, picture.tobytes())  # nothing but pixels goes on
    out = io.BytesIO()
    fresh.save(out, "WEBP", quality=82, method=4)
    return {"media_type": "image/webp", "width": fresh.width, "height": fresh.height}, out.getvalue()


def _on_white(picture: Any) -> Any:
    from PIL import Image

    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture if picture.mode == "CMYK" else _eight_bits(picture).convert("RGB")
    picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _eight_bits(picture: Any) -> Any:
    """Scanners write 16 bits of grey, which would come out white."""
    return picture.convert("I").point(lambda grey: grey / 256, "L") if picture.mode[0] == "I" else picture


def _in_srgb(picture: Any, profile: bytes | None) -> Any:
    """Phones photograph in wider colours (Display P3) that look dull without their profile."""
    from PIL import ImageCms

    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
            return changed if changed is not None else picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile, or one for other channels: the plain numbers are good enough
    return picture.convert("RGB")


def rewrite_pdf(data: bytes) -> Drawn:
    """A new PDF with the pages of the old one: what they show, and links to web, mail and phone.

    Forms and remarks become part of the page; scripts, actions, attached files, layers' logic,
    metadata and everything else of the document stay behind.
    """
    import pikepdf

    if b"%%EOF" not in data[-TAIL:]:
        raise Refused("file_damaged")  # cut off: what could be saved of it would look whole
    try:
        old = pikepdf.open(io.BytesIO(data))
        if old.is_encrypted:
            raise Refused("file_locked")
        if not 1 <= len(old.pages) <= MAX_PAGES:
            raise Refused("file_pages" if len(old.pages) else "file_damaged")
        if len(old.objects) > MAX_OBJECTS:
            raise Refused("file_too_complex")
        _draw_forms(old)
        new = pikepdf.new()
        for page in old.pages:
            new.pages.append(page)
            _keep_page_parts(new.pages[-1].obj, pikepdf)
        for thing in new.objects:
            _strip(thing, pikepdf)
        out = io.BytesIO()
        new.remove_unreferenced_resources()
        new.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError as error:
        raise Refused("file_locked") from error
    except (
        pikepdf.PdfError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise Refused("file_damaged") from error
    return {"media_type": "application/pdf"}, out.getvalue()


def _draw_forms(pdf: Any) -> None:
    """What is typed into a form shows by an appearance only: make it, then make it part of the page."""
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")


def _keep_page_parts(page: Any, pikepdf: Any) -> None:
    links = [_plain_link(link, pikepdf) for link in page.get("/Annots", []) if _is_web_link(link)]
    for key in set(page.keys()) - PAGE_PARTS:
        del page[key]
    if links:
        page["/Annots"] = pikepdf.Array(links)


def _is_web_link(annotation: Any) -> bool:
    action = annotation.get("/A", {})
    if annotation.get("/Subtype") != "/Link" or action.get("/S") != "/URI":
        return False
    return str(action.get("/URI", "")).lower().startswith(LINKS)


def _plain_link(link: Any, pikepdf: Any) -> Any:
    """Made anew from the two things that count: where it is and where it leads."""
    target = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(str(link.A.URI)))
    place = pikepdf.Array([float(number) for number in link.Rect])
    border = pikepdf.Array([0, 0, 0])
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=place, Border=border, A=target
    )


def _strip(thing: Any, pikepdf: Any) -> None:
    """Walks what is written inside of one object; what it points at has its own turn."""
    waiting = [thing]
    while waiting:
        here = waiting.pop()
        parts: list[Any] = []
        if isinstance(here, pikepdf.Dictionary | pikepdf.Stream):
            for key in NEVER & set(here.keys()):
                del here[key]
            parts = list(here.values())
        elif isinstance(here, pikepdf.Array):
            parts = list(here)
        waiting += [part for part in parts if isinstance(part, pikepdf.Object) and not part.is_indirect]


def main() -> None:
    limit()
    media_type, longest_side = sys.argv[1], int(sys.argv[2])
    data = sys.stdin.buffer.read()
    answer: dict[str, Any]
    fresh = b""
    try:
        if media_type == "application/pdf":
            answer, fresh = rewrite_pdf(data)
        else:
            answer, fresh = redraw_picture(data, media_type, longest_side)
    except Refused as refusal:
        answer = {"refused": refusal.args[0]}
    except MemoryError:
        answer = {"refused": "file_too_complex"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + fresh)


if __name__ == "__main__":
    main()
