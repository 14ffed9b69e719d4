"""Readable German for the demo's forum, put together from the sentence banks beside it."""

import random
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from community import rendering

FOLDER = Path(__file__).parent / "demo_texts"
ORDER = (
    *("laden", "akku", "winter", "reisen", "software", "werkstatt"),
    *("raeder", "technik", "alltag", "kauf", "haeuser", "neu-hier"),
)
# A number and its unit stay on one line.
_UNIT = re.compile(
    r"(?<=[\d}]) (?=(?:km|kWh|kWp|kW|%|°C|€|mm|bar|Uhr|Minuten|Stunden|Tagen|Ampere|Zoll|Cent|kg|m)\b|%|€|°)"
)


@dataclass(frozen=True)
class Opening:
    """A topic as it is told: title, question and the answers that belong to it alone."""

    title: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Room:
    """One category with all that is said in it."""

    slug: str
    fields: dict[str, str]
    openings: list[Opening]
    sentences: dict[str, list[str]] = field(default_factory=dict)


def _lines(block: str) -> list[str]:
    return [_UNIT.sub("\N{NO-BREAK SPACE}", line.strip()) for line in block.splitlines() if line.strip()]


@lru_cache(maxsize=1)
def common() -> dict[str, list[str]]:
    """Openings, closings, thanks, words of the team, places and handles."""
    texts = tomllib.loads((FOLDER / "_common.toml").read_text())
    lists = {name: _lines(texts[name]) for name in ("opening", "closing", "thanks", "team")}
    return lists | {name: texts[name].split(", ") for name in ("places", "handles")}


def rooms() -> list[Room]:
    """The twelve categories in their order."""
    return [_room(slug) for slug in ORDER]


def _room(slug: str) -> Room:
    texts = tomllib.loads((FOLDER / f"{slug}.toml").read_text())
    openings = []
    for line in _lines(texts.pop("topics")):
        title, text, *answers = (part.strip() for part in line.split("||"))
        openings.append(Opening(title, text, tuple(answers)))
    sentences = {name: _lines(texts.pop(name)) for name in ("experience", "advice", "question")}
    return Room(slug, texts, openings, sentences)


class Writer:
    """Writes replies that do not repeat themselves within a topic, and renders each text once."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.rendered: dict[str, rendering.Rendered] = {}

    def render(self, source: str) -> rendering.Rendered:
        if source not in self.rendered:
            self.rendered[source] = rendering.render(rendering.clean_source(source))
        return self.rendered[source]

    def replies(self, room: Room, count: int) -> list[str]:
        """``count`` replies for one topic, from shuffled banks that are refilled when empty."""
        banks: dict[str, list[str]] = {}
        return [self._reply(room, banks) for _ in range(count)]

    def _reply(self, room: Room, banks: dict[str, list[str]]) -> str:
        rng = self.rng
        parts = []
        if rng.random() < 0.35:
            parts.append(self._draw("opening", common()["opening"], banks))
        kinds = rng.choice(
            (
                ("experience",),
                ("experience", "experience"),
                ("experience", "advice"),
                ("advice",),
                ("question",),
                ("experience", "question"),
                ("advice", "experience"),
            )
        )
        parts += [self._draw(kind, room.sentences[kind], banks) for kind in kinds]
        first, rest = " ".join(parts), ""
        if rng.random() < 0.25:
            rest = self._draw("closing", common()["closing"], banks)
        return self._fill(f"{first}\n\n{rest}".strip() if rng.random() < 0.5 else f"{first} {rest}".strip())

    def _draw(self, kind: str, bank: list[str], banks: dict[str, list[str]]) -> str:
        if not banks.get(kind):
            banks[kind] = self.rng.sample(bank, len(bank))
        return banks[kind].pop()

    def _fill(self, text: str) -> str:
        rng = self.rng
        values = {
            "km": str(rng.randrange(210, 430, 5)),
            "grad": str(rng.randint(2, 17)),
            "kw": str(rng.randrange(60, 185, 5)),
            "kwh": f"{rng.uniform(14.5, 25.5):.1f}".replace(".", ","),
            "soc": str(rng.choice((10, 20, 30, 70, 80, 85, 90))),
            "prozent": str(rng.randint(8, 31)),
            "min": str(rng.randint(12, 48)),
            "kurz": str(rng.randint(3, 9)),
            "monate": str(rng.randint(3, 26)),
        }
        filled = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1]) or self._place(), text)
        return filled

    def _place(self) -> str:
        return self.rng.choice(common()["places"])
