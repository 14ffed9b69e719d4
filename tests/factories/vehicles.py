"""Cars for tests: ``own(user)`` gives a person a car; ``share(vehicle, user)`` lends it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from factory.django import DjangoModelFactory

from tests.factories.accounts import UserFactory
from vehicles.models import Ownership, Share, Transfer, Vehicle, VehicleModel

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class VehicleModelFactory(DjangoModelFactory[VehicleModel]):
    class Meta:
        model = VehicleModel
        django_get_or_create = ("code",)

    code = "N5"
    name = "N5"
    battery_kwh = 75
    range_km = 505
    power_kw = 210
    charging_kw = 170
    price_cents = 46_900_00


class VehicleFactory(DjangoModelFactory[Vehicle]):
    class Meta:
        model = Vehicle

    vin = factory.Sequence(lambda n: f"WNLN5AZZZTH{n:06d}")
    model = factory.SubFactory(VehicleModelFactory)
    plate = factory.Sequence(lambda n: f"HH NL {n % 9000 + 1}E")


class OwnershipFactory(DjangoModelFactory[Ownership]):
    class Meta:
        model = Ownership

    vehicle = factory.SubFactory(VehicleFactory)
    user = factory.SubFactory(UserFactory)
    period = DateTimeTZRange(LONG_AGO, None, "[)")


class ShareFactory(DjangoModelFactory[Share]):
    """Accepted access; give ``vehicle``, ``user`` and ``given_by`` (its owner)."""

    class Meta:
        model = Share

    rights = ["drive", "charge", "service"]
    email = factory.LazyAttribute(lambda row: row.user.email)
    period = DateTimeTZRange(LONG_AGO, None, "[)")
    invited_at = LONG_AGO
    expires_at = LONG_AGO + timedelta(days=14)


class TransferFactory(DjangoModelFactory[Transfer]):
    """An open offer; give ``vehicle``, ``offered_by`` and ``email``."""

    class Meta:
        model = Transfer

    offered_at = factory.LazyAttribute(lambda row: row.expires_at - timedelta(days=14))
    expires_at = datetime(2100, 1, 1, tzinfo=UTC)


def own(user: Any, **vehicle: Any) -> Vehicle:
    """A car that the person has owned for long."""
    return OwnershipFactory.create(user=user, vehicle=VehicleFactory.create(**vehicle)).vehicle


def own_for(organisation: Any, **vehicle: Any) -> Vehicle:
    """A car that the organisation has owned for long."""
    owned = OwnershipFactory.create(
        user=None, organisation=organisation, vehicle=VehicleFactory.create(**vehicle)
    )
    return owned.vehicle


def share(vehicle: Vehicle, user: Any, **fields: Any) -> Share:
    """Access for ``user``, given by the car's last owner."""
    owner = vehicle.ownerships.order_by("-period")[0].user
    return ShareFactory.create(vehicle=vehicle, user=user, given_by=owner, **fields)
