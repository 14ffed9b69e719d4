"""What a role can be bound to. Apps above register theirs (a centre), accounts knows none."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid


class ScopeKind(NamedTuple):
    kind: str
    choices: Callable[[], list[tuple[int, str]]]


_kinds: dict[str, ScopeKind] = {}


def register_scope(kind: str, *, choices: Callable[[], list[tuple[int, str]]]) -> None:
    """From an app's apps.py: ``kind`` is the model's label ("services.centre"), ``choices()`` (id, name)."""
    _kinds[kind] = ScopeKind(kind, choices)


def place_of(scope: models.Model | None) -> dict[str, Any]:
    """The columns of a row that holds within a scope, or everywhere."""
    if scope is None:
        return {"scope_kind": "", "scope_id": None}
    return {"scope_kind": scope._meta.label_lower, "scope_id": scope.pk}


def scope_choices() -> list[tuple[str, str]]:
    """("services.centre:3", "Hamburg-Altona") for every scope that there is."""
    return [(f"{kind.kind}:{pk}", name) for kind in _kinds.values() for pk, name in kind.choices()]


def scope_named(key: str) -> models.Model | None:
    """The scope behind such a key; "" is everywhere. Raises Invalid for one that is not there."""
    if not key:
        return None
    kind, _sep, number = key.rpartition(":")
    if kind in _kinds and number.isascii() and number.isdigit():
        found = apps.get_model(kind)._default_manager.filter(pk=int(number)).first()
        if found is not None:
            return found
    raise Invalid(_("There is no such place."), code="scope_unknown", field="scope")
