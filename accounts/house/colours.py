"""The brand's colour: readable on our surfaces in both themes, and the shades that follow from it.

Readable means WCAG 2.2, 1.4.3: a contrast of 4.5 to 1 as text on each surface, and of our text on it.
"""

from typing import NamedTuple

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid

READABLE = 4.5
# Card, paper and sunken of frontend/css/tokens.css, and the text on a filled button; a test compares.
SURFACES = {"light": ("#ffffff", "#f5f7f6", "#f0f3f2"), "dark": ("#111f27", "#0a141a", "#182932")}
ON_COLOUR = {"light": "#ffffff", "dark": "#04201a"}
# What a colour moves towards until it can be read.
TOWARDS = {"light": "#000000", "dark": "#ffffff"}
STEPS = 50


class Palette(NamedTuple):
    """The tokens of one theme: the colour, its soft ground, and text on that ground."""

    colour: str
    soft: str
    ink: str


def contrast(one: str, other: str) -> float:
    """From 1 to 21, by WCAG's relative luminance."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lowest_contrast(colour: str, *, theme: str) -> float:
    """The least of all places where the colour is used: as text on each surface, and under text."""
    return min(contrast(colour, other) for other in (*SURFACES[theme], ON_COLOUR[theme]))


def nearest_readable(colour: str, *, theme: str) -> str:
    """The colour itself, or the first shade of it (darker, in the dark theme lighter) that can be read."""
    for step in range(STEPS + 1):
        shade = mix(colour, TOWARDS[theme], step / STEPS)
        if lowest_contrast(shade, theme=theme) >= READABLE:
            return shade
    return TOWARDS[theme]


def require_readable(colour: str, *, theme: str, field: str) -> None:
    """Raises Invalid with the figure reached and a shade that would do."""
    reached = lowest_contrast(colour, theme=theme)
    if reached >= READABLE:
        return
    raise Invalid(
        _(
            "%(colour)s reaches a contrast of only %(reached)s to 1 on our surfaces; %(needed)s to 1 is "
            "needed to be readable. The nearest shade that works is %(shade)s."
        )
        % {
            "colour": colour,
            "reached": formats.number_format(int(reached * 10) / 10, 1),
            "needed": formats.number_format(READABLE, 1),
            "shade": nearest_readable(colour, theme=theme),
        },
        code="colour_unreadable",
        field=field,
    )


def palette(colour: str, *, theme: str) -> Palette:
    """The colour with a soft ground and an ink that is readable on it."""
    ground = "#ffffff" if theme == "light" else "#0a141a"
    soft = mix(colour, ground, 0.88 if theme == "light" else 0.76)
    ink = colour
    for step in range(STEPS + 1):
        ink = mix(colour, TOWARDS[theme], step / STEPS)
        if contrast(ink, soft) >= READABLE + 1:  # a little more: it stands in small tags
            break
    return Palette(colour, soft, ink)


def mix(one: str, other: str, share: float) -> str:
    """``share`` 0 is ``one``, 1 is ``other``."""
    parts = [
        round(int(one[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
