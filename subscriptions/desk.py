"""The way in to billing for staff: one tile per place of work, with what waits there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotAllowed

ENTER = "subscriptions.enter_billing"


@dataclass(frozen=True)
class Place:
    """``waiting`` counts what needs a person; None where nothing ever waits."""

    name: str
    title: Any
    text: Any
    icon: str
    url_name: str
    permission: str
    order: int
    waiting: Callable[[], int] | None = None

    @property
    def url(self) -> str:
        return reverse(self.url_name)


@dataclass(frozen=True)
class Tile:
    place: Place
    waiting: int


_places: dict[str, Place] = {}


def register_place(place: Place) -> None:
    """From a noun's places.py, named in PARTS of apps.py."""
    _places[place.name] = place


def tiles_for(user: User) -> list[Tile]:
    """What this person may open, in the order of a working day. Raises NotAllowed for who may nothing."""
    if not user.has_permission(ENTER):
        raise NotAllowed(_("Billing is not among your tasks."))
    mine = [place for place in _places.values() if user.has_permission(place.permission)]
    return [
        Tile(place, place.waiting() if place.waiting else 0)
        for place in sorted(mine, key=lambda each: (each.order, each.name))
    ]
