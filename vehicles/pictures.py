"""Uploaded pictures made harmless: checked before decoding, then drawn anew.

Knows nothing of cars: other apps that take pictures use it alike.
"""

import secrets
import warnings
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from vehicles.errors import PictureRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000  # a 50-megapixel camera; decoding needs about 150 MB
LONGEST_SIDE = 1600
FORMATS = ["JPEG", "PNG", "WEBP"]


def clean_picture(upload: IO[bytes], *, size: int, field: str = "photo") -> ContentFile:
    """The picture as a fresh WebP of at most 1,600 pixels, upright, without any metadata.

    ``size`` is the upload's length in bytes. Type and dimensions are read from the header
    before anything is decoded. Raises PictureRefused with the reason.
    """
    if size > MAX_BYTES:
        raise PictureRefused(_("The picture is larger than 10 MB. Please choose a smaller one."), field=field)
    try:
        with warnings.catch_warnings():
            # Pillow only warns of what our own limit refuses right below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise PictureRefused(
                _("The picture has more than 50 megapixels. Please choose a smaller one."), field=field
            )
        return ContentFile(_redraw(picture), name=f"{secrets.token_urlsafe(16)}.webp")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise PictureRefused(
            _("This file is not a picture that we can read. JPEG, PNG and WebP work; drawings (SVG) do not."),
            field=field,
        ) from error


def _redraw(picture: Image.Image) -> bytes:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG decodes straight to a smaller size
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright, mask=upright.getchannel("A"))
    else:
        paper = upright.convert("RGB")
    fresh = Image.frombytes("RGB", paper.size, paper.tobytes())  # nothing but pixels goes on
    out = BytesIO()
    fresh.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def forget(stored: Any) -> None:
    """Delete a stored file once the surrounding transaction has committed."""
    if stored:
        name, storage = stored.name, stored.storage
        transaction.on_commit(lambda: storage.delete(name))
