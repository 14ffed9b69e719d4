"""Which cars a partner service is told of, for a person who allows it: what kind, never which one."""

from datetime import datetime
from typing import Any

from accounts.models import User
from vehicles import people

MOST = 20  # cars; more make no offer fit better


def cars_of(user: User, now: datetime) -> dict[str, Any]:
    """The claim ``cars``: model, battery (kWh) and charging power (kW) of the person's own cars."""
    cars = people.own_cars(user=user, now=now)[:MOST]
    told = [
        {"model": car.model.name, "battery_kwh": car.model.battery_kwh, "charging_kw": car.model.charging_kw}
        for car in cars
    ]
    return {"cars": told} if told else {}
