"""Which kinds of event there are, what each is called, and which data keys it may carry.

The list of keys is what keeps names, addresses and free text out of the journal.
"""

from typing import Any, NamedTuple


class Kind(NamedTuple):
    name: str
    label: Any
    data: frozenset[str]


_kinds: dict[str, Kind] = {}


def register_kind(name: str, *, label: Any, data: tuple[str, ...] = ()) -> None:
    """Called from an app's kinds.py. ``name`` is ``app.what_happened``; ``label`` is lazy text."""
    _kinds[name] = Kind(name, label, frozenset(data))


def kind_named(name: str) -> Kind:
    """Raises KeyError for a kind that nobody registered."""
    return _kinds[name]


def all_kinds() -> dict[str, Kind]:
    return dict(_kinds)
