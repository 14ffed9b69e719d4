"""Tags of the frame: icons from the sprite and the built front end."""

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_vite.core.asset_loader import DjangoViteAssetLoader

from common import brand

register = template.Library()

SPRITE = "frontend/icons.svg"
FONT = "node_modules/@fontsource-variable/manrope/files/manrope-latin-wght-normal.woff2"
# The meter is drawn in hundredths of its width.
METER_WIDTH = 100


@lru_cache(maxsize=8)
def asset_url(path: str) -> str:
    """The public address of a built file, from Vite's manifest."""
    return DjangoViteAssetLoader.instance().generate_vite_asset_url(path)


@lru_cache(maxsize=1)
def style_url() -> str:
    """The public address of the one style sheet."""
    manifest = json.loads(Path(str(settings.DJANGO_VITE["default"]["manifest_path"])).read_text())
    return static(manifest["frontend/main.js"]["css"][0])


@lru_cache(maxsize=256)
def _icon(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        extra,
        asset_url(SPRITE),
        name,
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """``{% icon "bell" %}``: decoration only; the words beside it carry the meaning."""
    return _icon(name, extra)


@lru_cache(maxsize=1)
def _head() -> SafeString:
    return format_html(
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>'
        '<link rel="stylesheet" href="{}"><script type="module" src="{}"></script>',
        asset_url(FONT),
        style_url(),
        asset_url("frontend/main.js"),
    )


@register.simple_tag
def frontend_head() -> SafeString:
    """Font, style sheet and script of every page; the same for all, so built once."""
    return _head()


@register.simple_tag
def brand_logo() -> str:
    """The address of the brand's sign."""
    shown = brand.current()
    return str(shown.get("logo_url") or static(shown["logo"]))


@register.simple_tag
def brand_logo_type() -> str:
    """The media type of the brand's sign."""
    return str(brand.current().get("logo_type") or "image/svg+xml")


@register.simple_tag
def meter(value: float, of: float, label: str) -> SafeString:
    """``{% meter 4 6 label %}``: a bar with a text equivalent; more than full turns rose."""
    share = 0.0 if not of else value / of * METER_WIDTH
    over = share > METER_WIDTH
    return format_html(
        '<svg class="meter" role="img" aria-label="{}" viewBox="0 0 100 10" preserveAspectRatio="none">'
        '<rect class="track" width="100" height="10"></rect>'
        '<rect class="{}" width="{}" height="10"></rect></svg>',
        label,
        "over" if over else "value",
        f"{min(share, METER_WIDTH):.1f}",
    )


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, number: int) -> str:
    """The query string of another page of the same list, its filters kept."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def attributes(**values: object) -> SafeString:
    """``{% attributes data_when=… %}`` → ``data-when="…"``; empty values are left out."""
    pairs = [
        (name.replace("_", "-"), value) for name, value in values.items() if value not in (None, "", False)
    ]
    return format_html_join("", ' {}="{}"', pairs)
