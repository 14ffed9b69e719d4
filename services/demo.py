"""Six workshops of the demo with their people, bays and three months of visits. All invented."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from accounts.models import RoleGrant, User
from accounts.permissions import Role
from common import civil, codes
from services.booking import booking
from services.booking.plans import make_plan
from services.centres import closing
from services.demo_catalogue import CENTRES, SERVICE_TYPES, SKILLS, TECHNICIANS
from services.models import (
    Allocation,
    Appointment,
    BayType,
    Centre,
    Job,
    OpeningHours,
    PromiseChange,
    Resource,
    ServiceType,
    Shift,
    Skill,
)
from vehicles.models import Ownership, Vehicle

PAST, AHEAD = 61, 31  # days with visits around today
GRID = timedelta(minutes=15)
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
BATCH = 2000


def seed(*, rng: random.Random, scale: int, say: Callable[[str], None], context: dict[str, Any]) -> None:
    """Leaves context["centres"] behind; binds staff@, technician@ and host@ to the first centre."""
    now = timezone.now()
    skills = {code: Skill.objects.create(code=code, name_de=de, name_en=en) for code, de, en in SKILLS}
    types = [
        ServiceType.objects.create(**{**fields, "skill": skills[fields["skill"]]}) for fields in SERVICE_TYPES
    ]
    since = civil.local_date(now) - timedelta(days=365)
    houses = [_build(number, row, skills, since) for number, row in enumerate(CENTRES)]
    _employ(rng, houses, context, now)
    say("public holidays")
    for house in houses:
        today = civil.local_date(now, house.centre.zone)
        closing.close_on_public_holidays(
            centre=house.centre,
            first_day=today - timedelta(days=PAST),
            last_day=today + timedelta(days=366),
            now=now,
        )
    say("visits")
    reserved = _book_for_owner(context["demo"]["owner"], houses[0].centre, types[0], now)
    count = _fill(rng, houses, types, scale, context["demo"]["owner"], reserved, now)
    context["centres"] = [house.centre for house in houses]
    say(f"{len(houses)} centres, {count} visits")


class House(NamedTuple):
    centre: Centre
    hours: dict[int, tuple[time, time]]
    technicians: list[Resource]
    abilities: dict[int, tuple[str, ...]]
    bays: list[Resource]


def _build(number: int, row: dict[str, Any], skills: dict[str, Skill], since: date) -> House:
    centre = Centre.objects.create(**row["centre"])
    hours = dict.fromkeys(range(1, 6), row["weekdays"])
    if row["saturday"]:
        hours[6] = row["saturday"]
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=centre, weekday=weekday, opens=opens, closes=closes)
        for weekday, (opens, closes) in hours.items()
    )
    technicians = Resource.objects.bulk_create(
        Resource(centre=centre, kind=Resource.Kind.TECHNICIAN, name=f"Technik {place + 1}")
        for place in range(len(ABILITIES))
    )
    bays = Resource.objects.bulk_create(
        Resource(centre=centre, kind=Resource.Kind.BAY, bay_type=kind, name=name)
        for kind, name in BAYS[: 7 if number < 4 else 6]
    )
    Resource.objects.bulk_create(
        Resource(centre=centre, kind=Resource.Kind.LOAN_CAR, name=f"Ersatzwagen {place}") for place in (1, 2)
    )
    abilities: dict[int, tuple[str, ...]] = {}
    for place, technician in enumerate(technicians):
        abilities[technician.pk] = ABILITIES[place]
        technician.skills.set([skills[code] for code in ABILITIES[place]])
        Shift.objects.bulk_create(_shifts(technician, place, hours, since))
    return House(centre, hours, technicians, abilities, bays)


def _shifts(
    technician: Resource, place: int, hours: dict[int, tuple[time, time]], since: date
) -> Iterator[Shift]:
    always = DateRange(since, None)
    starts, ends = LATE if place % 2 else EARLY
    for weekday, (opens, closes) in hours.items():
        if weekday < 6:
            yield Shift(resource=technician, weekday=weekday, starts=starts, ends=ends, valid=always)
        elif place < 2:  # a short crew on Saturdays
            yield Shift(resource=technician, weekday=weekday, starts=opens, ends=closes, valid=always)


def _employ(rng: random.Random, houses: list[House], context: dict[str, Any], now: datetime) -> None:
    """A person behind each technician; the demo's own sign-ins work at the first centre."""
    demo: dict[str, User] = context["demo"]
    names = iter(TECHNICIANS)
    places = [(house, resource) for house in houses for resource in house.technicians]
    people = [demo["technician"]]
    for number in range(2, len(places) + 1):
        first, last = next(names)
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
    Resource.objects.bulk_update([resource for _house, resource in places], ["user", "name"])
    grants += [_grant(demo[name], Role(name), houses[0].centre, now) for name in ("staff", "host")]
    RoleGrant.objects.bulk_create(grants)


def _grant(person: User, role: Role, centre: Centre, now: datetime) -> RoleGrant:
    return RoleGrant(
        user=person, role=role, scope_kind=centre._meta.label_lower, scope_id=centre.pk, granted_at=now
    )


def _book_for_owner(owner: User, centre: Centre, service_type: ServiceType, now: datetime) -> date | None:
    """The demo owner's next visit, by the way every booking goes; its day."""
    held = Ownership.objects.filter(user=owner, period__contains=now).select_related("vehicle").order_by("pk")
    own = held.first()
    if own is None:
        return None
    day = civil.local_date(now, centre.zone) + timedelta(days=3)
    closed = {civil.local_date(closure.span.lower, centre.zone) for closure in centre.closures.all()}
    while day.isoweekday() > 5 or day in closed:
        day += timedelta(days=1)
    booking.book_appointment(
        by=owner,
        vehicle=own.vehicle,
        centre=centre,
        plan=make_plan(service_types=[service_type]),
        early_start=True,
        starts_at=civil.instant(day, time(8, 30), centre.zone),
        now=now,
    )
    return day


def _fill(
    rng: random.Random,
    houses: list[House],
    types: list[ServiceType],
    scale: int,
    demo_owner: User,
    reserved: date | None,
    now: datetime,
) -> int:
    """Visits without overlaps by construction: each technician's and bay's day only moves forward."""
    held = list(
        Ownership.objects.filter(period__contains=now)
        # What the demo's owner sees is told by hand: see _book_for_owner.
        .exclude(vehicle__in=Vehicle.objects.usable_by(demo_owner, right="service", now=now))
        .select_related("vehicle", "user")
        .order_by("pk")
    )
    if not held:
        return 0
    rng.shuffle(held)
    cars = cycle(held)
    seen: dict[int, set[date]] = {owned.vehicle_id: set() for owned in held}
    appointments: list[Appointment] = []
    jobs: list[Job] = []
    allocations: list[Allocation] = []
    for number, house in enumerate(houses):
        zone = house.centre.zone
        today = civil.local_date(now, zone)
        closed = {civil.local_date(closure.span.lower, zone) for closure in house.centre.closures.all()}
        for day in civil.days(today - timedelta(days=PAST), PAST + AHEAD):
            if day in closed or day.isoweekday() not in house.hours:
                continue
            busy = number == 0 and abs((day - today).days) < 10
            wanted = min((14 if busy else 3 if number == 0 else 2) * scale, 24)
            start = time(10) if number == 0 and day == reserved else time()
            for visit in _day(rng, house, types, day, wanted, start):
                owned = _car_for(visit, day, cars, seen)
                if owned is None:
                    continue
                appointment = _appointment(rng, house.centre, visit, owned, now)
                appointments.append(appointment)
                job = _job(appointment)
                jobs.append(job)
                allocations += [
                    Allocation(
                        resource=resource,
                        kind=Allocation.Kind.VISIT,
                        span=appointment.span,
                        appointment=appointment,
                        job=job,
                        part=part,
                        active=appointment.status not in Appointment.Status.gone(),
                    )
                    for part, resource in (("place", visit.bay), ("technician", visit.technician))
                ]
    for appointment, code in zip(appointments, codes.distinct_codes(rng.choice), strict=False):
        appointment.code = code
    Appointment.objects.bulk_create(appointments, batch_size=BATCH)
    Job.objects.bulk_create(jobs, batch_size=BATCH)
    PromiseChange.objects.bulk_create(
        [
            PromiseChange(appointment=visit, promised_at=visit.ends_at, at=visit.created_at)
            for visit in appointments
        ],
        batch_size=BATCH,
    )
    Allocation.objects.bulk_create(allocations, batch_size=BATCH)
    return len(appointments)


def _car_for(
    visit: "Visit", day: date, cars: Iterator[Ownership], seen: dict[int, set[date]]
) -> Ownership | None:
    """The next car that was its owner's then and has no other visit within a week."""
    week = {day + timedelta(days=n) for n in range(-7, 8)}
    for _try in range(20):
        owned = next(cars)
        theirs = owned.period.lower is None or owned.period.lower <= visit.starts_at
        if theirs and not week & seen[owned.vehicle_id]:
            seen[owned.vehicle_id].add(day)
            return owned
    return None


class Visit(NamedTuple):
    service_type: ServiceType
    technician: Resource
    bay: Resource
    starts_at: datetime
    ends_at: datetime


def _day(
    rng: random.Random, house: House, types: list[ServiceType], day: date, wanted: int, not_before: time
) -> Iterator[Visit]:
    zone = house.centre.zone
    opens, closes = house.hours[day.isoweekday()]
    first = civil.instant(day, max(opens, not_before), zone)
    last = civil.instant(day, closes, zone)
    free_from: dict[int, datetime] = {}
    until: dict[int, datetime] = {}
    for place, technician in enumerate(house.technicians):
        starts, ends = (LATE if place % 2 else EARLY) if day.isoweekday() < 6 else (opens, closes)
        if day.isoweekday() < 6 or place < 2:
            free_from[technician.pk] = max(first, civil.instant(day, starts, zone))
            until[technician.pk] = min(last, civil.instant(day, ends, zone))
    for _visit in range(wanted):
        kind = rng.choices(types, weights=[6, 4, 2, 2, 3, 2, 2, 1, 2, 2][: len(types)])[0]
        bays = [bay for bay in house.bays if bay.bay_type == kind.bay_type]
        crew = [
            person
            for person in house.technicians
            if kind.skill is not None
            and kind.skill.code in house.abilities[person.pk]
            and person.pk in free_from
        ]
        if not bays or not crew:
            continue
        bay, technician = rng.choice(bays), rng.choice(crew)
        start = max(free_from[technician.pk], free_from.get(bay.pk, first)) + GRID * rng.randint(0, 9)
        end = start + timedelta(minutes=kind.duration_minutes)
        if end <= until[technician.pk]:
            free_from[technician.pk] = free_from[bay.pk] = end
            yield Visit(kind, technician, bay, start, end)


JOB_STATES = {
    Appointment.Status.DONE: Job.State.FINISHED,
    Appointment.Status.IN_WORK: Job.State.STARTED,
    Appointment.Status.NO_SHOW: Job.State.DROPPED,
    Appointment.Status.CANCELLED: Job.State.DROPPED,
}


def _job(appointment: Appointment) -> Job:
    return Job(
        appointment=appointment,
        position=1,
        service_type=appointment.service_type,
        span=appointment.span,
        price_cents=appointment.price_cents,
        state=JOB_STATES.get(Appointment.Status(appointment.status), Job.State.PLANNED),
    )


def _appointment(
    rng: random.Random, centre: Centre, visit: Visit, owned: Ownership, now: datetime
) -> Appointment:
    status = Appointment.Status.BOOKED
    if visit.ends_at < now:
        status = rng.choices(
            [Appointment.Status.DONE, Appointment.Status.NO_SHOW, Appointment.Status.CANCELLED],
            weights=[94, 2, 4],
        )[0]
    elif visit.starts_at < now:
        status = Appointment.Status.IN_WORK
    return Appointment(
        centre=centre,
        vehicle=owned.vehicle,
        booked_by=owned.user,
        service_type=visit.service_type,
        span=DateTimeTZRange(visit.starts_at, visit.ends_at, "[)"),
        status=status,
        price_cents=visit.service_type.price_cents,
        promised_at=visit.ends_at,
        created_at=min(now, visit.starts_at) - timedelta(hours=rng.randint(30, 400)),
    )
