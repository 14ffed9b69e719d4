"""Three months of visits: what people book at each house, and the cars that come."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any, NamedTuple

from accounts.models import User
from common import civil
from services.booking.plans import Plan, make_plan
from services.demo.drafts import Day, Draft
from services.demo.houses import House
from services.models import Allocation, Resource, ServiceType, Way
from vehicles.models import Ownership, Vehicle

PAST, AHEAD = 61, 31  # days with visits around today
BUSY, USUAL, OTHER = 30, 14, 5  # wished visits a day: at the first house around today, else, elsewhere
OUT_FOR = 6  # days that a loan car may stay out over a weekend
# What is booked, in order, and how often.
OFFERS = (
    (("wheel-change",), 6),
    (("inspection",), 4),
    (("brakes",), 2),
    (("battery-diagnosis",), 2),
    (("climate",), 3),
    (("alignment",), 2),
    (("electronics",), 2),
    (("body",), 2),
    (("winter-check",), 2),
    (("main-inspection",), 2),
    (("inspection", "wheel-change"), 2),
    (("inspection", "brakes"), 1),
    (("wheel-change", "alignment"), 1),
    (("battery-diagnosis", "electronics"), 1),
    (("inspection", "climate", "wheel-change"), 1),
    (("battery-swap",), 3),
    (("test-drive",), 2),
)
STREETS = ("Lindenallee", "Am Mühlenteich", "Gartenstraße", "Rosenweg", "Deichstraße")
NOTES = (
    "Bitte vorher anrufen, wenn es länger dauert.",
    "Klappern hinten links auf Kopfsteinpflaster.",
    "Bitte die Fußmatten nicht vergessen.",
    "Wischwasser bitte auffüllen.",
)


class Scene(NamedTuple):
    """A visit that is told by hand: placed before all others of its day."""

    name: str
    day: date
    codes: tuple[str, ...]
    vehicle: Vehicle | None = None
    customer: User | None = None
    loan_car: bool = False


class Cars:
    """Whose turn it is: no car comes twice within a week."""

    def __init__(self, rng: random.Random, held: list[Ownership]) -> None:
        rng.shuffle(held)
        self._cars = cycle(held)
        self._seen: dict[int, set[date]] = {owned.vehicle_id: set() for owned in held}
        self.people = [owned.user for owned in held if owned.user is not None]

    def next_for(self, day: date, starts_at: datetime) -> Ownership | None:
        """The next one that was its owner's then."""
        week = {day + timedelta(days=n) for n in range(-7, 8)}
        for _try in range(20):
            owned = next(self._cars)
            theirs = owned.period.lower is None or owned.period.lower <= starts_at
            if theirs and not week & self._seen[owned.vehicle_id]:
                self._seen[owned.vehicle_id].add(day)
                return owned
        return None


def open_days(house: House, now: datetime) -> list[date]:
    """Days around today on which the house works, in order."""
    zone = house.centre.zone
    today = civil.local_date(now, zone)
    closed = {civil.local_date(closure.span.lower, zone) for closure in house.centre.closures.all()}
    days = civil.days(today - timedelta(days=PAST), PAST + AHEAD)
    return [day for day in days if day not in closed and day.isoweekday() in house.hours]


def fill(
    rng: random.Random,
    house: House,
    types: dict[str, ServiceType],
    cars: Cars,
    scenes: list[Scene],
    reserved: date | None,
    now: datetime,
) -> Iterator[Draft]:
    """The visits of one house; on ``reserved`` the early morning is somebody's already."""
    today = civil.local_date(now, house.centre.zone)
    menu = [(_kinds(codes, types), weight) for codes, weight in OFFERS]
    for date_ in open_days(house, now):
        first = house.number == 0
        day = Day(rng, house, date_, time(10) if first and date_ == reserved else time())
        for scene in scenes:
            if scene.day == date_:
                yield from _told(rng, day, scene, types, cars)
        near = abs((date_ - today).days) < 10
        wanted = BUSY if first and near else USUAL if first else OTHER
        kinds = rng.choices([kinds for kinds, _w in menu], weights=[weight for _k, weight in menu], k=wanted)
        for chosen in kinds:
            plan = _wished(rng, house, chosen)
            draft = day.place(plan, gap=rng.randint(0, 6)) if plan else None
            if draft is not None and _booked(rng, draft, date_, cars, now):
                yield draft


def _kinds(codes: tuple[str, ...], types: dict[str, ServiceType]) -> list[ServiceType]:
    return [types[code] for code in codes]


def _wished(rng: random.Random, house: House, kinds: list[ServiceType]) -> Plan | None:
    """How car and workshop come together, as far as the house can do it."""
    kind, chance = kinds[0], rng.random()
    if kind.place != ServiceType.Place.BAY:
        return make_plan(service_types=kinds) if house.of_kind(kind.place) else None
    if len(kinds) == 1 and kind.is_mobile and house.of_kind(Resource.Kind.MOBILE) and chance < 0.25:
        return make_plan(service_types=kinds, way=Way.MOBILE, postcode=house.centre.postcode)
    if house.of_kind(Resource.Kind.DRIVER) and chance < 0.06:
        return make_plan(service_types=kinds, way=Way.PICK_UP, postcode=house.centre.postcode)
    long = sum(each.duration_minutes for each in kinds) >= 90
    if long:
        return make_plan(service_types=kinds, loan_car=chance > 0.88)
    return make_plan(service_types=kinds, way=Way.WAIT if chance < 0.35 else Way.BRING)


def _booked(rng: random.Random, draft: Draft, day: date, cars: Cars, now: datetime) -> bool:
    """Whose visit it is; False when no car is left."""
    created = min(now, draft.starts_at) - timedelta(hours=rng.randint(30, 400))
    more: dict[str, Any] = {}
    if draft.plan.way in Way.travelling():
        centre = draft.house.centre
        street = f"{rng.choice(STREETS)} {rng.randint(1, 90)}"
        more = {"street": street, "postcode": centre.postcode, "town": centre.town}
    if rng.random() < 0.08:
        more["note"] = rng.choice(NOTES)
    if not draft.plan.needs_car:
        draft.write(vehicle=None, customer=rng.choice(cars.people), created_at=created, **more)
        return True
    owned = cars.next_for(day, draft.starts_at)
    if owned is None or owned.user is None:
        return False
    draft.write(vehicle=owned.vehicle, customer=owned.user, created_at=created, **more)
    return True


def _told(
    rng: random.Random, day: Day, scene: Scene, types: dict[str, ServiceType], cars: Cars
) -> Iterator[Draft]:
    plan = make_plan(service_types=_kinds(scene.codes, types), loan_car=scene.loan_car)
    draft = day.place(plan, scene=scene.name)
    if draft is None:
        return
    vehicle, customer = scene.vehicle, scene.customer
    if vehicle is None:
        owned = cars.next_for(day.day, draft.starts_at)
        if owned is None:
            return
        vehicle, customer = owned.vehicle, owned.user
    if customer is not None:
        booked = draft.starts_at - timedelta(days=rng.randint(4, 15))
        draft.write(vehicle=vehicle, customer=customer, created_at=booked)
        if scene.loan_car:
            _keep_loan_car(day, draft)
        yield draft


def _keep_loan_car(day: Day, draft: Draft) -> None:
    """It stays out for days: nobody else is promised it."""
    for taken in draft.taken:
        if taken.demand.part == Allocation.Part.LOAN_CAR:
            day.free.pop(taken.resource.pk)
            off = draft.house.away.setdefault(taken.resource.pk, set())
            off.update(civil.days(day.day, OUT_FOR))


__all__ = ["Cars", "Scene", "fill", "open_days"]
