"""Packs for tests: ``pack_in(car)`` is fitted, ``set_up_vat()`` makes them payable."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory
from psycopg.types.range import Range

from accounts.models import User
from subscriptions.models import Contract, Pack, PackFitting, PackHealth, PackSettlement, Takeover
from tests.factories.vehicles import TransferFactory
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


def fill_packs(user: User, contract: Contract, now: datetime) -> None:
    """A row of every model of packs and takeovers for one person; nothing is open any more."""
    assert contract.vehicle is not None
    pack = pack_in(contract.vehicle, now=now)
    PackHealth.objects.create(pack=pack, percent=Decimal(97), measured_at=now)
    settled = {"opened_at": now, "settled_at": now, "by": user}
    PackSettlement.objects.create(contract=contract, pack=pack, manner="returned", **settled)
    transfer = TransferFactory.create(
        vehicle=contract.vehicle, offered_by=user, email="", state="withdrawn", closed_at=now
    )
    Takeover.objects.create(
        contract=contract, transfer=transfer, offered_by=user, offered_at=now, ended_at=now
    )
