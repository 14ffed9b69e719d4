"""The next workshop visit of a car, on the car's page."""

from datetime import datetime

from accounts.models import User
from services.visits import appointments
from vehicles.cards import Card
from vehicles.models import Vehicle


def visit_card(vehicle: Vehicle, user: User, now: datetime) -> Card | None:
    """The nearest visit that the person may see, if there is one. One query."""
    visit = appointments.upcoming(user, now).filter(vehicle=vehicle).first()
    return Card("services/_car_card.html", visit) if visit else None
