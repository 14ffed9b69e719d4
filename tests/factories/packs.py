"""Packs for tests: ``pack_in(car)`` is fitted, ``set_up_vat()`` makes them payable."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory
from psycopg.types.range import Range

from subscriptions.models import Pack, PackFitting
from vehicles.models import Vehicle


class PackFactory(DjangoModelFactory[Pack]):
    class Meta:
        model = Pack

    serial = factory.Sequence(lambda n: f"NLB75-{n:06}")
    capacity_kwh = Decimal("75.0")
    chemistry = "NMC"
    made_on = date(2026, 1, 15)
    price_cents = 9_000_00


def pack_in(vehicle: Vehicle, *, now: datetime, **fields: object) -> Pack:
    """In the car since the day before."""
    pack: Pack = PackFactory.create(**fields)
    PackFitting.objects.create(pack=pack, vehicle=vehicle, period=Range(now - timedelta(days=1), None, "[)"))
    return pack
