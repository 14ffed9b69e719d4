"""One workshop of the demo: its people, places and cars, what they can do and when they are there."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import RoleGrant, User
from accounts.permissions import Role
from common import civil
from services.demo_catalogue import TECHNICIANS
from services.models import BayType, Centre, OpeningHours, Qualification, Resource, Shift, Skill
from vehicles.models import VehicleModel

Kind = Resource.Kind
EARLY, LATE = (time(7, 30), time(16, 0)), (time(9, 0), time(18, 0))
BAYS = (
    (BayType.LIFT, "Hebebühne 1"),
    (BayType.LIFT, "Hebebühne 2"),
    (BayType.LIFT, "Hebebühne 3"),
    (BayType.HIGH_VOLTAGE, "HV-Platz"),
    (BayType.ALIGNMENT, "Achsmessstand"),
    (BayType.BODY, "Karosserieplatz"),
    (BayType.WASH, "Waschplatz"),
)
# What each of a centre's five technicians can do.
ABILITIES = (
    ("mechanics", "electronics"),
    ("mechanics", "high-voltage"),
    ("mechanics",),
    ("mechanics", "body"),
    ("mechanics", "high-voltage", "electronics"),
)
MOBILE_CAN = ("mechanics", "electronics")
CARS = (
    (Kind.LOAN_CAR, "Ersatzwagen 1"),
    (Kind.LOAN_CAR, "Ersatzwagen 2"),
    (Kind.TEST_CAR, "Vorführwagen"),
)
LANES = 2
WITH_SWAP = (0, 1)  # of every six houses
ON_THE_ROAD = (0, 1, 2, 3)  # which fetch cars and come to people
TRAVEL = {Kind.DRIVER: 20, Kind.MOBILE: 25}  # minutes, one way
PLATES = ("HH", "B", "M", "K", "L", "S")
HOUSES_PER_ROUND = 6


class House(NamedTuple):
    """``present`` is when each of the people works on a weekday; ``away`` are days off, by number."""

    number: int
    centre: Centre
    hours: dict[int, tuple[time, time]]
    resources: list[Resource]
    abilities: dict[int, set[int]]
    present: dict[tuple[int, int], tuple[time, time]]
    away: dict[int, set[date]]

    @property
    def technicians(self) -> list[Resource]:
        return [each for each in self.resources if each.kind == Kind.TECHNICIAN]

    def of_kind(self, kind: str) -> list[Resource]:
        return [each for each in self.resources if each.kind == kind]


def build(
    number: int, row: dict[str, Any], skills: dict[str, Skill], models: list[VehicleModel], now: datetime
) -> House:
    """The ``number``th house; nobody is employed yet."""
    centre = Centre.objects.create(**row["centre"])
    hours = dict.fromkeys(range(1, 6), row["weekdays"])
    if row["saturday"]:
        hours[6] = row["saturday"]
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=centre, weekday=weekday, opens=opens, closes=closes)
        for weekday, (opens, closes) in hours.items()
    )
    resources = Resource.objects.bulk_create(_resources(number, centre, models, now))
    house = House(number, centre, hours, resources, {}, {}, {})
    today = civil.local_date(now, centre.zone)
    Qualification.objects.bulk_create(_qualifications(house, skills, today))
    Shift.objects.bulk_create(_shifts(house, today - timedelta(days=365)))
    return house


def _resources(number: int, centre: Centre, models: list[VehicleModel], now: datetime) -> Iterator[Resource]:
    place = number % HOUSES_PER_ROUND
    for turn in range(len(ABILITIES)):
        # Every second one agrees that customers see who works on their car.
        shown = now - timedelta(days=90) if turn % 2 == 0 else None
        yield Resource(centre=centre, kind=Kind.TECHNICIAN, name=f"Technik {turn + 1}", shown_since=shown)
    for bay, name in BAYS[: 7 if place < 4 else 6]:
        yield Resource(centre=centre, kind=Kind.BAY, bay_type=bay, name=name)
    for turn, (kind, name) in enumerate(CARS):
        yield Resource(
            centre=centre,
            kind=kind,
            name=name,
            plate=f"{PLATES[place]} NL {7000 + number * 3 + turn}E"[:12],
            car_model=models[turn % len(models)] if models else None,
        )
    if place in WITH_SWAP:
        for lane in range(LANES):
            yield Resource(centre=centre, kind=Kind.LANE, name=f"Tauschspur {lane + 1}")
    if place in ON_THE_ROAD:
        area = [centre.postcode[:2]]
        for kind, name in ((Kind.DRIVER, "Fahrdienst"), (Kind.MOBILE, "Mobiler Service")):
            yield Resource(centre=centre, kind=kind, name=name, area=area, travel_minutes=TRAVEL[kind])


def _qualifications(house: House, skills: dict[str, Skill], today: date) -> Iterator[Qualification]:
    can = [(person, ABILITIES[turn]) for turn, person in enumerate(house.technicians)]
    can += [(person, MOBILE_CAN) for person in house.of_kind(Kind.MOBILE)]
    for turn, (person, codes) in enumerate(can):
        house.abilities[person.pk] = {skills[code].pk for code in codes}
        for code in codes:
            until = _valid_until(house.number, turn, today) if code == "high-voltage" else None
            yield Qualification(resource=person, skill=skills[code], valid_until=until)


def _valid_until(number: int, turn: int, today: date) -> date:
    """High voltage is refreshed; at the first house one is about to run out."""
    if number == 0 and turn == 1:
        return today + timedelta(days=40)
    return today + timedelta(days=200 + 31 * turn)


def _shifts(house: House, since: date) -> Iterator[Shift]:
    always = DateRange(since, None)
    for kind in Kind.people():
        for turn, person in enumerate(house.of_kind(kind)):
            starts, ends = LATE if turn % 2 else EARLY
            for weekday, (opens, closes) in house.hours.items():
                if weekday == 6 and (turn > 1 or kind != Kind.TECHNICIAN):  # a short crew on Saturdays
                    continue
                clock = (starts, ends) if weekday < 6 else (opens, closes)
                house.present[person.pk, weekday] = clock
                yield Shift(resource=person, weekday=weekday, starts=clock[0], ends=clock[1], valid=always)


def employ(rng: random.Random, houses: list[House], demo: dict[str, User], now: datetime) -> None:
    """A person behind each technician; the demo's own sign-ins work at the first centre."""
    places = [(house, resource) for house in houses for resource in house.technicians]
    people = [demo["technician"]]
    for number, (first, last) in zip(range(2, len(places) + 1), _names(rng), strict=False):
        people.append(
            User(
                email=f"technician{number}@demo.example",
                first_name=first,
                last_name=last,
                password=demo["technician"].password,
                date_joined=now - timedelta(days=rng.randint(200, 1500)),
            )
        )
    User.objects.bulk_create(people[1:])
    grants = []
    for (house, resource), person in zip(places, people, strict=True):
        resource.user = person
        resource.name = f"{person.first_name[:1]}. {person.last_name}"
        grants.append(_grant(person, Role.TECHNICIAN, house.centre, now))
    Resource.objects.bulk_update([resource for _house, resource in places], ["user", "name"], batch_size=500)
    grants += [_grant(demo[name], Role(name), houses[0].centre, now) for name in ("staff", "host")]
    RoleGrant.objects.bulk_create(grants)


def _names(rng: random.Random) -> Iterator[tuple[str, str]]:
    yield from TECHNICIANS
    while True:
        yield rng.choice(TECHNICIANS)[0], rng.choice(TECHNICIANS)[1]


def _grant(person: User, role: Role, centre: Centre, now: datetime) -> RoleGrant:
    return RoleGrant(
        user=person, role=role, scope_kind=centre._meta.label_lower, scope_id=centre.pk, granted_at=now
    )


__all__ = ["House", "build", "employ"]
