"""The battery plan of a car, on the car's page."""

from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from common import civil
from subscriptions.contracts import offers, takeovers
from subscriptions.models import Contract, Plan
from vehicles.cards import Card
from vehicles.models import Transfer, Vehicle


class PlanOfCar(NamedTuple):
    """``contract`` is None while the car has none; ``included`` says in words what it brings."""

    vehicle: Vehicle
    contract: Contract | None
    status: str
    included: list[str]


def takeover_card(transfer: Transfer, user: User, now: datetime) -> Card | None:
    """For the buyer: the contract that the seller lets go with the car. One query."""
    takeover = takeovers.takeover_for(by=user, transfer=transfer, now=now)
    return Card("subscriptions/_takeover_card.html", takeover) if takeover else None


def plan_card(vehicle: Vehicle, user: User, now: datetime) -> Card | None:
    """For its owner only: the running battery contract, or where to choose one. One query."""
    if not vehicle.is_mine:
        return None
    today = civil.local_date(now)
    running = Contract.objects.visible_to(user).running(today).with_facts()
    contract = running.filter(vehicle=vehicle, plan__kind=Plan.Kind.BATTERY).order_by("starts_on").first()
    shown = PlanOfCar(
        vehicle,
        contract,
        contract.status(today) if contract else "",
        [offers.allowance_words(each) for each in contract.plan_version.allowances] if contract else [],
    )
    return Card("subscriptions/_car_card.html", shown)
