"""Cars as what a customer's request is about."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.cases.links import LinkKind, Thing, register_link_kind
from accounts.models import User
from vehicles.models import Vehicle

KIND = "vehicles.vehicle"
MOST = 20  # choices; a fleet's other cars are named in the text


def register() -> None:
    """From vehicles/apps.py."""
    register_link_kind(
        LinkKind(
            KIND,
            _("Vehicle"),
            describe=_describe,
            may_link=_may_link,
            choices=_choices,
            permission="vehicles.hand_over",
        )
    )


def _describe(ids: list[int]) -> dict[int, Thing]:
    """To the customer without the plate: it is another's once the car is."""
    return {
        car.pk: Thing(
            title=f"{car.model} · …{car.vin[-6:]}",
            owner_url=reverse("vehicles:vehicle-detail", args=[car.pk]),
            staff_url=reverse("vehicles:staff-vehicle", args=[car.pk]),
            staff_title=str(car),
        )
        for car in Vehicle.objects.filter(pk__in=ids).select_related("model")
    }


def _may_link(user: User, number: int, now: datetime) -> bool:
    return Vehicle.objects.visible_to(user, now).filter(pk=number).exists()


def _choices(user: User, now: datetime) -> list[tuple[int, str]]:
    cars = Vehicle.objects.visible_to(user, now).select_related("model").order_by("pk")[:MOST]
    return [(car.pk, str(car)) for car in cars]
