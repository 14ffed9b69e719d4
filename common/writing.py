"""How the reader wants dates and numbers written, for the time of a request or a letter.

"" follows the language. What is kept or compared (an offer, a paper) is written in the language's
own way, whoever reads: ``with written_as("")``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Style(NamedTuple):
    """``day`` in the letters of Django's date filter; marks of numbers."""

    day: str
    decimal: str
    thousands: str


NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
STYLES = {
    "de": Style("d.m.Y", ",", "."),
    "gb": Style("d/m/Y", ".", ","),
    "iso": Style("Y-m-d", ".", NARROW_SPACE),
}
_chosen: ContextVar[str] = ContextVar("written_as", default="")


@contextmanager
def written_as(name: str) -> Iterator[None]:
    """Dates and numbers in this style until the end of the block."""
    token = _chosen.set(name)
    try:
        yield
    finally:
        _chosen.reset(token)


def chosen_style() -> Style | None:
    """The reader's own style; None follows the language."""
    return STYLES.get(_chosen.get())


def restyle(number: str, *, decimal: str, thousands: str) -> str:
    """A number written with these marks, in the reader's own style if they have one."""
    style = chosen_style()
    if style is None:
        return number
    marks = {decimal: style.decimal, thousands: style.thousands}
    return "".join(marks.get(sign, sign) for sign in number)
