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
CPU_SECONDS = 20
OUTPUT = 64 * 1024 * 1024  # bytes
MAX_PIXELS = 50_000_000
MAX_PAGES = 500
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


class Refused(Exception):
    """``args[0]`` is a code of documents.errors.REFUSALS."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def redraw_picture(data: bytes, media_type: str, longest_side: int) -> tuple[dict[str, Any], bytes]:
    """A fresh WebP, upright, in sRGB, without any metadata."""
    from PIL import Image, ImageOps

    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    picture: Image.Image = Image.open(io.BytesIO(data), formats=[FORMATS[media_type]])
    if picture.width * picture.height > MAX_PIXELS:
        raise Refused("file_pixels")
    if media_type != "image/jpeg" and getattr(picture, "is_animated", False):
        raise Refused("file_animated")
    profile = picture.info.get("icc_profile")
    picture.draft("RGB", (longest_side, longest_side))  # JPEG decodes straight to a smaller size
    picture.thumbnail((longest_side, longest_side))
    picture = _in_srgb(_on_white(ImageOps.exif_transpose(picture)), profile)
    fresh = Image.frombytes("RGB", picture.size, picture.tobytes())  # nothing but pixels goes on
    out = io.BytesIO()
    fresh.save(out, "WEBP", quality=82, method=4)
    return {"media_type": "image/webp", "width": fresh.width, "height": fresh.height}, out.getvalue()


def _on_white(picture: Any) -> Any:
    from PIL import Image

    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture if picture.mode == "CMYK" else picture.convert("RGB")
    picture = picture.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


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


def main() -> None:
    limit()
    media_type, longest_side = sys.argv[1], int(sys.argv[2])
    data = sys.stdin.buffer.read()
    answer: dict[str, Any]
    fresh = b""
    try:
        if media_type == "application/pdf":
            answer, fresh = {"refused": "file_type"}, b""
        else:
            answer, fresh = redraw_picture(data, media_type, longest_side)
    except Refused as refusal:
        answer = {"refused": refusal.args[0]}
    except MemoryError:
        answer = {"refused": "file_too_complex"}
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError, ArithmeticError):
        # What Pillow raises for files that are not what they say.
        answer = {"refused": "file_damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + fresh)


if __name__ == "__main__":
    main()
