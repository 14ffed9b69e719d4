"""What can be told: kinds of notices, which apps register in notices.py, and the groups they form."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Notice


class Attachment(NamedTuple):
    """A file beside a mail; ``media_type`` may carry parameters."""

    name: str
    content: bytes
    media_type: str


class NoticeKind(NamedTuple):
    name: str
    title: Any
    text: Any
    mail: bool
    shape: Callable[[dict[str, Any]], dict[str, Any]]
    group: str
    required: bool
    urgent: bool
    consent: str
    replaces: str
    holds: Callable[[Notice, datetime], bool] | None
    attach: Callable[[Notice], list[Attachment]] | None


class Group(NamedTuple):
    """Kinds that a person switches together, per channel.

    ``mail`` and ``push`` hold until they say otherwise. ``always`` says which kinds come by mail
    all the same, and why.
    """

    name: str
    label: Any
    text: Any
    icon: str
    mail: bool
    push: bool
    always: Any
    place: int


class Words(NamedTuple):
    title: str
    text: str


_kinds: dict[str, NoticeKind] = {}
_groups: dict[str, Group] = {}


def register_group(
    name: str,
    *,
    label: Any,
    text: Any = "",
    icon: str = "bell",
    mail: bool = True,
    push: bool = True,
    always: Any = "",
    place: int,
) -> None:
    """Called from an app's notices.py, before the kinds of the group."""
    _groups[name] = Group(name, label, text, icon, mail, push, always, place)


def register_notice(
    kind: str,
    *,
    title: Any,
    text: Any = "",
    mail: bool = False,
    shape: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    group: str = "account",
    required: bool = False,
    urgent: bool = False,
    consent: str = "",
    replaces: str = "",
    holds: Callable[[Notice, datetime], bool] | None = None,
    attach: Callable[[Notice], list[Attachment]] | None = None,
) -> None:
    """Called from an app's notices.py; ``mail`` sends an e-mail too, unless its reader wants none.

    ``shape`` turns the stored params (codes, cents, dates) into words in the active language.
    ``group`` is what people switch per channel. A ``required`` kind (law, contract, security) is
    mailed whatever they switched, and never waits for a collected mail; an ``urgent`` one passes
    quiet hours too. ``consent`` names a purpose (accounts/consents/consents.py) without which the kind
    leaves the house by no channel. In a collected mail, of the kinds that share a name in
    ``replaces`` only the last about one thing is told. ``holds(notice, now)`` is asked at the door, at
    each try: what is no longer true leaves the house by no channel. ``attach(notice)`` are files for
    its mail.
    """
    _kinds[kind] = NoticeKind(
        kind, title, text, mail, shape, group, required, urgent, consent, replaces, holds, attach
    )


def kind_named(name: str) -> NoticeKind:
    """Raises KeyError for a kind that nobody registered."""
    return _kinds[name]


def find_kind(name: str) -> NoticeKind | None:
    """None for a kind whose app is gone."""
    return _kinds.get(name)


def all_kinds() -> list[NoticeKind]:
    return list(_kinds.values())


def kinds_of(group: str) -> list[str]:
    """The names of a group's kinds."""
    return [kind.name for kind in _kinds.values() if kind.group == group]


def all_groups() -> list[Group]:
    """The groups in the order of the page; one without kinds has nothing to switch and is left out."""
    used = {kind.group for kind in _kinds.values()}
    return sorted((group for group in _groups.values() if group.name in used), key=lambda group: group.place)


def group_named(name: str) -> Group:
    """Raises KeyError for a group that nobody registered."""
    return _groups[name]


def words_of(notice: Notice) -> Words:
    """Title and text in the active language. A kind whose app is gone still has a title."""
    kind = _kinds.get(notice.kind)
    if kind is None:
        return Words(_("Message"), "")
    params = _Lenient(kind.shape(notice.params))
    return Words(str(kind.title) % params, str(kind.text) % params)


class _Lenient(dict[str, Any]):
    """A notice written before its kind learnt a new place must stay readable."""

    def __missing__(self, key: str) -> str:
        return "…"
