"""The wheels that we keep for a car, on the car's page."""

from datetime import datetime

from accounts.models import User
from services.desk import tyres
from services.models import TyreSet
from vehicles.cards import Card
from vehicles.models import Vehicle


def wheels_card(vehicle: Vehicle, user: User, now: datetime) -> Card | None:
    """Sets in store, and the work that brings them out; one query, and one more if there are any."""
    visible = TyreSet.objects.visible_to(user, now).in_store().filter(vehicle=vehicle)
    kept = [(each, tyres.wear_of(each)) for each in visible.select_related("centre")]
    if not kept:
        return None
    shown = {"vehicle": vehicle, "sets": kept, "work": tyres.wheel_change()}
    return Card("services/_stored_wheels_card.html", shown)
