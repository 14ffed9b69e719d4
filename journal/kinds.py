"""Which kinds of event there are, what each is called, and which data keys it may carry.

The list of keys is what keeps names, addresses and free text out of the journal.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


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


# What staff do with the journal's own work.
register_kind("journal.reaction_rerun", label=_("Reaction run again"), data=("event",))
register_kind("journal.message_rerun", label=_("Message sent again"))
