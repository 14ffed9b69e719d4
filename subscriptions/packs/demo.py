"""Packs of the demo: one in each car with a battery contract, measured every two months."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from psycopg.types.range import Range

from common import civil
from subscriptions.models import Contract, Pack, PackFitting, PackHealth

BATCH = 2000
MEASURED = 6


def seed_packs(*, contracts: Iterable[Contract], rng: random.Random, now: datetime) -> int:
    """How many packs; ``contracts`` are those for batteries, with plan and vehicle."""
    rows = [
        (
            contract,
            Pack(
                serial=f"NLB{rng.randint(10, 99)}-{place:06}",
                passport=f"{rng.getrandbits(96):024x}",
                capacity_kwh=Decimal(100 if "100" in contract.plan.code else 75),
                chemistry="LFP" if rng.random() < 0.4 else "NMC",
                made_on=civil.local_date(contract.ordered_at) - timedelta(days=rng.randint(40, 200)),
                price_cents=1_290_000 if "100" in contract.plan.code else 990_000,
            ),
        )
        for place, contract in enumerate(contracts)
    ]
    Pack.objects.bulk_create([pack for _, pack in rows], batch_size=BATCH)
    PackFitting.objects.bulk_create(
        [
            PackFitting(pack=pack, vehicle=contract.vehicle, period=Range(contract.ordered_at, None, "[)"))
            for contract, pack in rows
        ],
        batch_size=BATCH,
    )
    PackHealth.objects.bulk_create(
        [each for _, pack in rows for each in _healths(pack, rng, now)], batch_size=BATCH
    )
    return len(rows)


def _healths(pack: Pack, rng: random.Random, now: datetime) -> list[PackHealth]:
    percent, found = Decimal("99.6"), []
    for step in range(MEASURED, 0, -1):
        percent -= Decimal(rng.randint(1, 7)) / 10
        found.append(
            PackHealth(
                pack=pack,
                percent=percent,
                cycles=(MEASURED - step) * 22 + rng.randint(1, 20),
                measured_at=now - timedelta(days=step * 30 - 12),
            )
        )
    return found
