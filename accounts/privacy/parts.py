"""Whose data is where: each app says in its privacy.py what it holds of a person.

One part answers for its models three times: what of it goes into the person's copy (GDPR
Art. 15 and 20), what is erased when they leave (Art. 17), and what stands in the way. A test
walks all models and fails for one that is in no part.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile

from accounts.models import User


class Fate(StrEnum):
    """What becomes of a model's rows when their person leaves."""

    ERASED = "erased"  # the rows, or all in them that says anything about the person
    ANONYMOUS = "anonymous"  # they stay and point at an empty shell
    KEPT = "kept"  # by law, locked, until a day


@dataclass(frozen=True)
class Sheet:
    """Rows of one kind in a copy: ``<name>.json``, with ``table`` also ``<name>.csv``.

    ``rows`` is called once per file and should stream; values are what JSON takes, and dates,
    instants and ranges. ``title`` is lazy text.
    """

    name: str
    title: Any
    rows: Callable[[], Iterable[Mapping[str, Any]]]
    table: bool = False


@dataclass(frozen=True)
class Attached:
    """A file that belongs into a copy, below the folder of its part."""

    name: str
    file: FieldFile


@dataclass(frozen=True)
class Hold:
    """Why an account can't be erased yet, in words, and the page where that can be changed."""

    code: str
    text: Any
    url: str = ""


def _nothing(**_asked: Any) -> Iterable[Hold]:
    return ()


def _forget_nothing(**_asked: Any) -> None:
    """The locked record was all there was."""


@dataclass(frozen=True)
class PersonalData:
    """What one app, or one noun of it, holds of people.

    ``erase(user=, now=)`` runs in a transaction of its own, once or several times (a killed
    worker): the second time changes nothing. Parts are exported by ``place``, and erased the
    other way round, so that the person themselves goes last. ``goes`` and ``stays`` are lazy
    sentences for the page where somebody decides to leave. ``forget(user=, now=)`` erases what
    was KEPT when its time is over.
    """

    name: str
    label: Any
    models: Mapping[type[models.Model], Fate]
    export: Callable[[User], Iterable[Sheet | Attached]]
    erase: Callable[..., None]
    place: int
    goes: Any = ""
    stays: Any = ""
    holds: Callable[..., Iterable[Hold]] = _nothing
    forget: Callable[..., None] = _forget_nothing


_parts: dict[str, PersonalData] = {}


def register_part(part: PersonalData) -> None:
    """From an app's privacy.py."""
    _parts[part.name] = part


def all_parts() -> list[PersonalData]:
    return sorted(_parts.values(), key=lambda part: (part.place, part.name))


def part_named(name: str) -> PersonalData | None:
    """None for a part of an app that is no more installed."""
    return _parts.get(name)


def holds_of(*, user: User, now: datetime) -> list[Hold]:
    """Everything that must end before the account can be erased; empty when nothing must."""
    return [hold for part in all_parts() for hold in part.holds(user=user, now=now)]


__all__ = [
    "Attached",
    "Fate",
    "Hold",
    "PersonalData",
    "Sheet",
    "all_parts",
    "holds_of",
    "part_named",
    "register_part",
]
