"""The brand's own sign and the icons drawn from it, kept by browsers for as long as it stays."""

from io import BytesIO
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.generic import View
from PIL import Image

from accounts.models import Brand
from common import brand
from common.pages import Access
from documents.models import Document

A_YEAR = 365 * 24 * 3600  # seconds
A_DAY = 24 * 3600
# Pixels of the side, and which share of it the sign may fill (a mask cuts off a fifth at each side).
ICONS = {"icon-192": (192, 0.86), "icon-512": (512, 0.86), "icon-maskable-512": (512, 0.6)}


def brand_icon_path(name: str) -> str:
    """Where the icon of this name lies: drawn from the brand's sign, or the one we came with."""
    return f"/brand/{name}.png" if brand.current().get("logo_url") else static(f"brand/{name}.png")


class Logo(Access, View):
    public = True

    def get(self, request: HttpRequest, sign: str) -> HttpResponse:
        document = _sign()
        if not document.sha256.startswith(sign):
            raise Http404
        with document.file.open("rb") as stream:
            answer = HttpResponse(stream.read(), content_type=document.media_type)
        patch_cache_control(answer, public=True, max_age=A_YEAR, immutable=True)
        return answer


class Icon(Access, View):
    public = True

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        if name not in ICONS:
            raise Http404
        document = _sign()
        key = f"brand-icon:{name}:{document.sha256}"
        drawn = cache.get(key)
        if drawn is None:
            drawn = _draw(document, *ICONS[name])
            cache.set(key, drawn, A_DAY)
        answer = HttpResponse(drawn, content_type="image/png")
        patch_cache_control(answer, public=True, max_age=A_DAY)
        return answer


def _sign() -> Document:
    row = Brand.objects.select_related("logo").first()
    if row is None or row.logo is None or not row.logo.is_ready:
        raise Http404
    return row.logo


def _draw(document: Document, side: int, share: float) -> bytes:
    with document.file.open("rb") as stream, Image.open(stream) as picture:
        sign: Any = picture.convert("RGBA")
    sign.thumbnail((round(side * share), round(side * share)))
    icon = Image.new("RGB", (side, side), "#ffffff")
    icon.paste(sign, ((side - sign.width) // 2, (side - sign.height) // 2), sign)
    out = BytesIO()
    icon.save(out, "PNG", optimize=True)
    return out.getvalue()
