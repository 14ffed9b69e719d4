"""Outlines of a car, seen from five sides, with numbered marks: on the screen as on the paper."""

from collections.abc import Iterable
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

TEMPLATE = "services/_car_outline.html"
INK = "#0d1b24"  # on paper; on the screen the theme's own
ACROSS = {
    "left": (480, 196),
    "right": (480, 196),
    "roof": (480, 220),
    "front": (240, 196),
    "rear": (240, 196),
}


class Spot(NamedTuple):
    """A ninth of an outline, for who writes where a mark is instead of pointing at it."""

    code: str
    label: object
    x: int
    y: int


SPOTS = [
    Spot("upper_left", _("upper left"), 167, 200),
    Spot("upper_middle", _("upper middle"), 500, 200),
    Spot("upper_right", _("upper right"), 833, 200),
    Spot("left", _("left"), 167, 500),
    Spot("middle", _("middle"), 500, 500),
    Spot("right", _("right"), 833, 500),
    Spot("lower_left", _("lower left"), 167, 800),
    Spot("lower_middle", _("lower middle"), 500, 800),
    Spot("lower_right", _("lower right"), 833, 800),
]


class Dot(NamedTuple):
    """A mark in the units of its drawing, as text: SVG knows no decimal comma."""

    number: str
    x: str
    y: str


def spot_at(x: int, y: int) -> Spot:
    """The ninth that a place lies in; both in thousandths."""
    return SPOTS[min(y * 3 // 1000, 2) * 3 + min(x * 3 // 1000, 2)]


def spot_words(x: int, y: int) -> str:
    return str(spot_at(x, y).label)


def dots(view: str, marks: Iterable[tuple[int, int, int]]) -> list[Dot]:
    """``marks`` are number, x and y (thousandths) of one view."""
    width, height = ACROSS[view]
    return [Dot(str(n), f"{x * width / 1000:.1f}", f"{y * height / 1000:.1f}") for n, x, y in marks]


def drawing(view: str, marks: Iterable[tuple[int, int, int]]) -> str:
    """SVG of one view with its marks, in ink, for papers."""
    shown = {"view": view, "dots": dots(view, marks), "ink": INK, "for_paper": True}
    return render_to_string(TEMPLATE, shown).strip()
