"""A first look at a file that just came: what it is and how large, from its header, decoding nothing.

The web process goes no further than this; drawing it anew is the work of a child process of a
worker (redrawing.py).
"""

import warnings
from typing import IO, NamedTuple

from PIL import Image, UnidentifiedImageError

from documents.errors import UploadRefused
from documents.registry import DocumentKind

MAX_PIXELS = 50_000_000  # a 50-megapixel camera; decoding needs about 150 MB
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


class Header(NamedTuple):
    media_type: str
    width: int | None = None
    height: int | None = None


def look_at(stream: IO[bytes], *, size: int, kind: DocumentKind) -> Header:
    """What the file says it is. Raises UploadRefused; leaves the stream at its beginning.

    What counts is the first bytes, never the name or what the browser claims.
    """
    if size == 0:
        raise UploadRefused("file_empty")
    if size > kind.max_bytes:
        raise UploadRefused("file_too_large")
    stream.seek(0)
    head = stream.read(32)
    stream.seek(0)
    media_type = media_type_of(head)
    if media_type not in kind.accepts:
        raise UploadRefused("file_type")
    if media_type == "application/pdf":
        return Header(media_type)
    width, height = _webp_size(head) if media_type == "image/webp" else _size(stream, media_type)
    stream.seek(0)
    if width * height > MAX_PIXELS:
        raise UploadRefused("file_pixels")
    if not width or not height:
        raise UploadRefused("file_damaged")
    return Header(media_type, width, height)


def media_type_of(head: bytes) -> str:
    """By the magic number at the very beginning; an empty string for everything we don't know."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    # A PDF may have rubbish before its header (ISO 32000-1, H.3.4); a polyglot lives there.
    return "application/pdf" if head.startswith(b"%PDF-") else ""


def _size(stream: IO[bytes], media_type: str) -> tuple[int, int]:
    """Pillow reads a JPEG's and a PNG's header without decoding; moving pictures are refused."""
    try:
        with warnings.catch_warnings():
            # Pillow only warns of what our own limit refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(stream, formats=[FORMATS[media_type]])
        animated, size = getattr(picture, "is_animated", False), picture.size
    except Image.DecompressionBombError as error:
        raise UploadRefused("file_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UploadRefused("file_damaged") from error
    # A JPEG of several pictures (MPO) is a still one with a thumbnail or a depth map behind it.
    if animated and media_type == "image/png":
        raise UploadRefused("file_animated")
    return size


def _webp_size(head: bytes) -> tuple[int, int]:
    """From the first chunk (RFC 9649): Pillow would set up the decoder, canvas and all, to tell it."""
    chunk, body = head[12:16], head[20:30]
    if len(body) < 10:
        raise UploadRefused("file_damaged")
    if chunk == b"VP8X":
        if body[0] & 0x02:
            raise UploadRefused("file_animated")
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise UploadRefused("file_damaged")
