"""The workshops of the demo with their people, places and three months of visits. All invented.

Split by noun: towns and houses, days full of drafts, how they went (progress), what was found,
the counter, upkeep. A larger ``scale`` brings more houses, and with its cars more visits.
"""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import User
from common import civil, codes
from services import demo_checks
from services.booking import booking
from services.booking.plans import make_plan
from services.centres import absences, closing
from services.demo import counter, days, findings, houses, progress, towns, upkeep
from services.demo.days import PAST, Cars, Scene
from services.demo.drafts import Draft
from services.demo.houses import House
from services.demo_catalogue import MORE_TYPES, QUESTIONS, SERVICE_TYPES, SKILLS
from services.models import (
    Absence,
    Allocation,
    Appointment,
    Job,
    JobTime,
    PromiseChange,
    Resource,
    ServiceType,
    Skill,
    StatusChange,
    SymptomQuestion,
)
from vehicles.models import Ownership, Vehicle, VehicleModel

BATCH = 2000


def seed(*, rng: random.Random, scale: int, say: Callable[[str], None], context: dict[str, Any]) -> None:
    """Leaves context["centres"] behind; binds staff@, technician@ and host@ to the first centre."""
    now = timezone.now()
    demo: dict[str, User] = context["demo"]
    skills = {code: Skill.objects.create(code=code, name_de=de, name_en=en) for code, de, en in SKILLS}
    types = _types(skills)
    models = list(VehicleModel.objects.order_by("pk"))
    built = [houses.build(number, row, skills, models, now) for number, row in enumerate(towns.rows(scale))]
    houses.employ(rng, built, demo, now)
    say("public holidays")
    for house in built:
        today = civil.local_date(now, house.centre.zone)
        closing.close_on_public_holidays(
            centre=house.centre,
            first_day=today - timedelta(days=PAST),
            last_day=today + timedelta(days=366),
            now=now,
        )
        _plan_leave(house, now)
    say("visits")
    reserved = _book_for_owner(demo["owner"], built[0], types["wheel-change"], now)
    drafts = _drafts(rng, built, types, demo["owner"], reserved, now)
    _write(rng, drafts, demo["staff"], now)
    say("what was found and said")
    _tell(rng, drafts, types, demo, now)
    _fall_ill(built[0], demo["staff"], now)
    context["centres"] = [house.centre for house in built]
    say(f"{len(built)} centres, {len(drafts)} visits")


def _types(skills: dict[str, Skill]) -> dict[str, ServiceType]:
    types = {}
    for fields in (*SERVICE_TYPES, *MORE_TYPES):
        skill = skills[fields["skill"]] if fields["skill"] else None
        types[fields["code"]] = ServiceType.objects.create(**{**fields, "skill": skill})
    asked: dict[str, int] = {}
    for code, text_de, text_en, answers_de, answers_en in QUESTIONS:
        asked[code] = asked.get(code, 0) + 1
        SymptomQuestion.objects.create(
            service_type=types[code],
            position=asked[code],
            text_de=text_de,
            text_en=text_en,
            answers_de=answers_de,
            answers_en=answers_en,
        )
    demo_checks.write_sheets(types.values())
    return types


def _owned(user: User, now: datetime) -> Vehicle | None:
    held = Ownership.objects.filter(user=user, period__contains=now).select_related("vehicle").order_by("pk")
    first = held.first()
    return first.vehicle if first else None


def _book_for_owner(owner: User, house: House, kind: ServiceType, now: datetime) -> date | None:
    """The demo owner's next visit, by the way every booking goes; its day."""
    own = _owned(owner, now)
    if own is None:
        return None
    earliest = civil.local_date(now, house.centre.zone) + timedelta(days=3)
    day = next(day for day in days.open_days(house, now) if day >= earliest and day.isoweekday() < 6)
    booking.book_appointment(
        by=owner,
        vehicle=own,
        centre=house.centre,
        plan=make_plan(service_types=[kind]),
        early_start=True,
        starts_at=civil.instant(day, time(8, 30), house.centre.zone),
        now=now,
    )
    return day


def _drafts(
    rng: random.Random,
    built: list[House],
    types: dict[str, ServiceType],
    owner: User,
    reserved: date | None,
    now: datetime,
) -> list[Draft]:
    usable = Vehicle.objects.usable_by(owner, right="service", now=now)
    held = list(
        Ownership.objects.filter(period__contains=now, user__isnull=False)
        # What the demo's owner sees is told by hand: see _scenes.
        .exclude(vehicle__in=usable)
        .select_related("vehicle", "user")
        .order_by("pk")
    )
    if not held:
        return []
    cars = Cars(rng, held)
    drafts: list[Draft] = []
    for house in built:
        scenes = _scenes(house, owner, list(usable.order_by("pk")), now) if house.number == 0 else []
        drafts += days.fill(rng, house, types, cars, scenes, reserved, now)
    progress.settle(rng, drafts, now)
    return drafts


def _scenes(house: House, owner: User, usable: list[Vehicle], now: datetime) -> list[Scene]:
    """The owner has been here before; a car they may bring waits for their word; a loan car is out."""
    workdays = [day for day in days.open_days(house, now) if day.isoweekday() < 6]
    begun = [day for day in workdays if civil.instant(day, time(9, 30), house.centre.zone) < now]
    if len(begun) < 40 or not usable:
        return []
    return [
        Scene("owner_past", begun[-36], ("inspection", "climate"), usable[0], owner),
        Scene("owner_past", begun[-15], ("alignment",), usable[0], owner),
        Scene("owner_now", begun[-1], ("brakes",), usable[-1], owner),
        Scene("loan_out", begun[-1], ("inspection", "brakes"), loan_car=True),
    ]


def _plan_leave(house: House, now: datetime) -> None:
    """One of each house is on leave the week after next, one was ill a while ago."""
    zone = house.centre.zone
    today = civil.local_date(now, zone)
    monday = today + timedelta(days=14 - today.weekday())
    people = house.technicians
    for person, first, length, reason in (
        (people[2], monday, 5, Absence.Reason.LEAVE),
        (people[4], today - timedelta(days=12), 2, Absence.Reason.SICK),
    ):
        starts, _end = civil.day_span(first, zone)
        _start, ends = civil.day_span(first + timedelta(days=length - 1), zone)
        span = DateTimeTZRange(starts, ends, "[)")
        absence = Absence.objects.create(
            resource=person, span=span, reason=reason, entered_at=min(now, starts) - timedelta(days=1)
        )
        Allocation.objects.create(resource=person, kind=Allocation.Kind.ABSENCE, span=span, absence=absence)
        house.away.setdefault(person.pk, set()).update(civil.days(first, length))


def _write(rng: random.Random, drafts: list[Draft], staff: User, now: datetime) -> None:
    for draft, code in zip(drafts, codes.distinct_codes(rng.choice), strict=False):
        draft.appointment.code = code
    promises = [promise for draft in drafts for promise in progress.promises_of(rng, draft, now)]
    Appointment.objects.bulk_create([draft.appointment for draft in drafts], batch_size=BATCH)
    Job.objects.bulk_create([job for draft in drafts for job in draft.jobs], batch_size=BATCH)
    PromiseChange.objects.bulk_create(promises, batch_size=BATCH)
    taken = [held for draft in drafts for held in draft.allocations()]
    Allocation.objects.bulk_create(taken, batch_size=BATCH)
    desk = {0: staff.pk}
    steps = [step for draft in drafts for step in progress.steps_of(rng, draft, desk, now)]
    StatusChange.objects.bulk_create(steps, batch_size=BATCH)
    worked = [time for draft in drafts for time in progress.times_of(rng, draft, now)]
    JobTime.objects.bulk_create(worked, batch_size=BATCH)


def _tell(
    rng: random.Random,
    drafts: list[Draft],
    types: dict[str, ServiceType],
    demo: dict[str, User],
    now: datetime,
) -> None:
    own, staff = _owned(demo["owner"], now), demo["staff"]
    findings.write_checks(rng, drafts)
    findings.write_estimates(rng, drafts, staff, now)
    counter.write_orders(rng, drafts, staff, now)
    counter.write_loans(rng, drafts, staff, now)
    counter.write_wheels(rng, drafts, own, staff, now)
    counter.write_words(rng, drafts, staff, now)
    for draft in drafts:
        if draft.scene == "loan_out":
            zone = draft.house.centre.zone
            ahead = civil.local_date(now, zone) + timedelta(days=1)
            counter.keep_loan_until(draft, civil.instant(ahead, time(17), zone))
    upkeep.write_upkeep(rng, now)
    upkeep.write_campaigns(rng, drafts, types["recall-work"], own, now)


def _fall_ill(house: House, staff: User, now: datetime) -> None:
    """Whoever alone can do body work is ill on their next day with some: a visit needs another time."""
    zone = house.centre.zone
    person = house.technicians[3]
    _start, midnight = civil.day_span(civil.local_date(now, zone), zone)
    next_work = (
        Allocation.objects.filter(
            resource=person, active=True, kind=Allocation.Kind.VISIT, span__startswith__gte=midnight
        )
        .filter(job__service_type__code="body")
        .order_by("span")
        .first()
    )
    if next_work is None:
        return
    starts, ends = civil.day_span(civil.local_date(next_work.span.lower, zone), zone)
    absences.enter_absence(
        by=staff,
        resource=Resource.objects.select_related("centre").get(pk=person.pk),
        starts_at=starts,
        ends_at=ends,
        reason=Absence.Reason.SICK,
        now=now,
    )
