"""Cars of the demo: three models of the brand, one car for every owner, some of them shared."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import Address, Membership, User
from vehicles.models import ClaimCode, Ownership, Share, Vehicle, VehicleModel

BATCH = 2000
OWNERS_CAR = "WNLN5BZZZTH000512"
SECOND_CAR = "WNLN3AZZZTH000031"  # shared with the demo's owner
OPEN_CAR = "WNLN7CZZZTH000777"
OPEN_CODE = "NL-4T8K-2W5"
COMPANY_CAR = "WNLN5BZZZTH000888"
# code, taglines, kWh, km (WLTP), kW, fast charging kW, seats, price in cents
MODELS = (
    ("N3", "Klein in der Stadt, groß im Alltag", "Small yet grown up", 58, 420, 125, 130, 5, 32_900_00),
    ("N5", "Für die lange Strecke nach Norden", "For the long way north", 75, 505, 210, 170, 5, 46_900_00),
    ("N7", "Platz für alle und alles", "Room for everyone and everything", 100, 560, 280, 220, 7, 62_900_00),
)  # fmt: skip
COLOURS = Vehicle.Colour.values
PLATES = {
    "Hamburg": "HH", "Kiel": "KI", "Lübeck": "HL", "Bremen": "HB", "Oldenburg": "OL", "Hannover": "H",
    "Braunschweig": "BS", "Berlin": "B", "Potsdam": "P", "Leipzig": "L", "Dresden": "DD", "Köln": "K",
    "Düsseldorf": "D", "Dortmund": "DO", "Münster": "MS", "Frankfurt am Main": "F", "Kassel": "KS",
    "Stuttgart": "S", "Freiburg im Breisgau": "FR", "Nürnberg": "N", "München": "M", "Rostock": "HRO",
}  # fmt: skip
# Letters in pairs that German authorities do not give out, and I and O, are left out.
PAIRS = [a + b for a in "ABCEFGJKLMNPRTUVWXYZ" for b in "ABCEFGJKLMNPRTUVWXYZ" if a + b not in {"KZ", "NS"}]


def seed(*, rng: random.Random, scale: int, say: Callable[[str], None], context: dict[str, Any]) -> None:
    """Leaves context["vehicles"] (one per owner, same order) and context["models"] behind."""
    now = timezone.now()
    models = VehicleModel.objects.bulk_create([_model(*row) for row in MODELS])
    owners: list[User] = context["owners"]
    towns = dict(Address.objects.filter(user__in=owners).values_list("user_id", "town"))
    cars = [_car(rng, place, towns.get(user.pk, ""), models) for place, user in enumerate(owners)]
    cars[0].vin, cars[0].model, cars[0].plate, cars[0].colour = OWNERS_CAR, models[1], "HH NL 512E", "aurora"
    cars[1].vin, cars[1].model, cars[1].nickname = SECOND_CAR, models[0], ""
    Vehicle.objects.bulk_create(cars, batch_size=BATCH)
    Ownership.objects.bulk_create(
        [
            Ownership(vehicle=car, user=user, period=DateTimeTZRange(_since(car, now), None, "[)"))
            for car, user in zip(cars, owners, strict=True)
        ],
        batch_size=BATCH,
    )
    Share.objects.bulk_create(_shares(rng, cars, owners, now), batch_size=BATCH)
    _open_handover(models[2], context, now)
    _company_car(models[1], context, now)
    context["vehicles"], context["models"] = cars, models
    say(f"{len(cars)} cars")


def _model(
    code: str, german: str, english: str, kwh: int, km: int, power: int, charging: int, seats: int, price: int
) -> VehicleModel:
    return VehicleModel(
        code=code,
        name=code,
        tagline_de=german,
        tagline_en=english,
        battery_kwh=kwh,
        range_km=km,
        power_kw=power,
        charging_kw=charging,
        seats=seats,
        price_cents=price,
    )


def _car(rng: random.Random, place: int, town: str, models: list[VehicleModel]) -> Vehicle:
    model = rng.choices(models, weights=[4, 5, 2])[0]
    year, letter = rng.choice([(2024, "R"), (2025, "S"), (2026, "T")])
    return Vehicle(
        # WMI of the brand, model and body, filler as European makers use it, year, plant, serial
        vin=f"WNL{model.code}{rng.choice('ABC')}ZZZ{letter}H{place + 1000:06d}",
        model=model,
        plate=f"{PLATES.get(town, 'HH')} {rng.choice(PAIRS)} {100 + place % 900}E",
        colour=rng.choice(COLOURS),
        first_registered=date(year, rng.randint(1, 9), rng.randint(1, 28)),
    )


def _since(car: Vehicle, now: datetime) -> datetime:
    """Owned since the first registration, at 10 o'clock; a year for those without one."""
    if car.first_registered is None:
        return now - timedelta(days=365)
    return datetime(*car.first_registered.timetuple()[:3], 10, tzinfo=now.tzinfo)


def _shares(rng: random.Random, cars: list[Vehicle], owners: list[User], now: datetime) -> list[Share]:
    """Every tenth car is shared with another owner; the demo's owner shares both ways."""
    pairs = [(0, 2, ["drive", "charge"]), (1, 0, ["drive", "service"])]
    for place in range(10, len(cars) - 1, 10):
        rights = rng.sample(Share.Right.values, rng.randint(1, 3))
        pairs.append((place, place + 1, [right for right in Share.Right.values if right in rights]))
    return [
        Share(
            vehicle=cars[car],
            given_by=owners[car],
            user=owners[holder],
            email=str(owners[holder].email),
            rights=rights,
            scope=Share.Scope.BASIC if car else Share.Scope.FULL,
            until=now + timedelta(days=180) if car else None,
            period=DateTimeTZRange(
                now - timedelta(days=30), now + timedelta(days=180) if car else None, "[)"
            ),
            invited_at=now - timedelta(days=31),
            expires_at=now - timedelta(days=17),
        )
        for car, holder, rights in pairs
    ]


def _open_handover(model: VehicleModel, context: dict[str, Any], now: datetime) -> None:
    """A car that waits for its owner: for trying out how one is added."""
    car = Vehicle.objects.create(vin=OPEN_CAR, model=model, colour=Vehicle.Colour.FJORD)
    ClaimCode.objects.create(
        vehicle=car,
        code_hash=make_password(OPEN_CODE),
        issued_by=context["demo"]["staff"],
        issued_at=now,
        expires_at=now + timedelta(days=90),
    )
    context.setdefault("hints", []).append(f"A car to add: VIN {OPEN_CAR}, claim code {OPEN_CODE}")


def _company_car(model: VehicleModel, context: dict[str, Any], now: datetime) -> None:
    """Owned by the company, given to its driver."""
    company, since = context["company"], now - timedelta(days=150)
    boss, driver = (
        company.memberships.select_related("user").get(role=role).user
        for role in (Membership.Role.ADMINISTRATOR, Membership.Role.DRIVER)
    )
    car = Vehicle.objects.create(
        vin=COMPANY_CAR, model=model, plate="HH EL 888E", colour=Vehicle.Colour.FJORD, nickname="Tour Süd"
    )
    Ownership.objects.create(vehicle=car, organisation=company, period=DateTimeTZRange(since, None, "[)"))
    Share.objects.create(
        vehicle=car,
        given_by=boss,
        organisation=company,
        user=driver,
        email=str(driver.email),
        rights=list(Share.Right.values),
        scope=Share.Scope.BASIC,
        period=DateTimeTZRange(since, None, "[)"),
        invited_at=since,
        expires_at=since,
    )
    context.setdefault("hints", []).append(
        f"A company: {boss.email} administers {company.name}, {driver.email} drives for it"
    )
