"""What upper apps know of a car, as cards on its page: its plan, its next visit.

The garage lies below them and asks through this registry, which they fill in ``apps.py``.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import User
from vehicles.models import Transfer, Vehicle


class Card(NamedTuple):
    """A template of the registering app, and the one thing it shows as ``card``."""

    template: str
    shown: Any


# ``now`` is an aware instant; the vehicle carries what with_access_of adds. None: nothing to show.
Source = Callable[[Vehicle, User, datetime], Card | None]
_sources: dict[int, Source] = {}


def register_card(source: Source, *, place: int) -> None:
    """Lower places come first; raises ValueError for a place that is taken."""
    if _sources.get(place, source) is not source:
        raise ValueError(f"place {place} is taken")
    _sources[place] = source


# What goes with a car that is offered: asked with the offer, on its page.
OfferSource = Callable[[Transfer, User, datetime], Card | None]
_offer_sources: list[OfferSource] = []


def register_offer_card(source: OfferSource) -> None:
    """From apps.py of the app that knows what goes with a car."""
    if source not in _offer_sources:
        _offer_sources.append(source)


def cards_of_offer(*, transfer: Transfer, user: User, now: datetime) -> list[Card]:
    """What this person sees beside the offer of a car at ``now``."""
    cards = [source(transfer, user, now) for source in _offer_sources]
    return [card for card in cards if card is not None]


def cards_of(*, vehicle: Vehicle, user: User, now: datetime) -> list[Card]:
    """The cards that this person sees on this car's page at ``now``, in their order."""
    cards = [_sources[place](vehicle, user, now) for place in sorted(_sources)]
    return [card for card in cards if card is not None]
