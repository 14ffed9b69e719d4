"""What was drawn in a signature's field: strokes in thousandths of the field, with milliseconds."""

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Invalid

MOST_POINTS = 20_000
SHORTEST = 100  # thousandths of the field: less is a slip of the finger
UNREADABLE = _("The signature can't be read. Please sign again.")


class SignatureEmpty(Invalid):
    code = "signature_empty"

    def __init__(self) -> None:
        super().__init__(_("Please sign in the field, or confirm your typed name."), field="strokes")


def checked_strokes(strokes: Any) -> list[list[list[int]]]:
    """Whole numbers in their ranges, enough of them to be a name. Raises SignatureEmpty, Invalid."""
    try:
        lines = [[_point(point) for point in stroke] for stroke in strokes]
    except (TypeError, ValueError) as error:
        raise Invalid(UNREADABLE, code="signature_unreadable") from error
    points = [point for line in lines for point in line]
    if len(points) > MOST_POINTS:
        raise Invalid(UNREADABLE, code="signature_unreadable")
    if not points or _length(lines) < SHORTEST:
        raise SignatureEmpty
    return [line for line in lines if line]


def _point(point: Any) -> list[int]:
    x, y, ms = (int(number) for number in point)
    if not (0 <= x <= 1000 and 0 <= y <= 1000 and 0 <= ms <= 3_600_000):
        raise ValueError("outside of the field")
    return [x, y, ms]


def _length(lines: list[list[list[int]]]) -> float:
    return sum(((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 for line in lines for a, b in pairwise(line))
