"""What a car is due for, on the car's page."""

from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from common import civil
from services.models import Upkeep
from services.upkeep import due, upkeep
from services.upkeep.due import Due
from vehicles.cards import Card
from vehicles.models import Vehicle


class UpkeepCard(NamedTuple):
    """``rows``: what is due, each with the path where it is booked; ``kept``: the noted dates."""

    vehicle: Vehicle
    kept: Upkeep
    rows: list[tuple[Due, str]]


def upkeep_card(vehicle: Vehicle, user: User, now: datetime) -> Card | None:
    """For who may bring the car to service. Four queries at most."""
    if not (vehicle.is_mine or "service" in vehicle.my_rights):
        return None
    return Card("services/_upkeep_card.html", read_card(vehicle, now))


def read_card(vehicle: Vehicle, now: datetime) -> UpkeepCard:
    kept = upkeep.upkeep_of(vehicle)
    found = due.all_due(vehicle, kept, civil.local_date(now))
    rows = [(each, due.booking_url(vehicle_id=vehicle.pk, service_type=each.service_type)) for each in found]
    return UpkeepCard(vehicle, kept, rows)
