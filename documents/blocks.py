"""What a plain paper is made of: ``papers.make_paper(values={"title": …, "blocks": [text(…), facts(…)]})``.

All values are text as it is to be read: dates and amounts already formatted, in the paper's language.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Block = dict[str, Any]


def heading(words: Any) -> Block:
    return {"kind": "heading", "text": str(words)}


def text(words: Any) -> Block:
    """Plain text; an empty line begins a new paragraph."""
    return {"kind": "text", "text": str(words)}


def facts(rows: Iterable[tuple[Any, Any]]) -> Block:
    """Label and value, line by line."""
    return {"kind": "facts", "rows": [[str(label), str(value)] for label, value in rows]}


def table(head: Sequence[Any], rows: Iterable[Sequence[Any]], *, right: Sequence[int] = ()) -> Block:
    """A table whose head repeats on every page; ``right`` are the columns of amounts."""
    return {
        "kind": "table",
        "head": [str(cell) for cell in head],
        "rows": [[str(cell) for cell in row] for row in rows],
        "right": list(right),
    }


def drawing(svg: str, *, alt: Any) -> Block:
    """A drawing of ours (SVG as text), at most half the page wide; ``alt`` says what it shows."""
    return {"kind": "drawing", "svg": svg, "alt": str(alt)}


def signature(*, name: str, strokes: list[Any], evidence: Sequence[Any], alt: Any) -> Block:
    """A name drawn on a screen (or only typed, without strokes) over its evidence, line by line."""
    lines = [str(line) for line in evidence]
    return {"kind": "signature", "name": name, "strokes": strokes, "evidence": lines, "alt": str(alt)}
