"""How fast visits are booked by eight writers at once, against a writer of bare SQL. Nothing may overlap."""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import psycopg
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from benchmarks.house import House
from common import civil, codes
from common.errors import DomainError
from services.booking import booking
from services.booking.plans import Plan, make_plan
from services.models import Centre, ServiceType
from vehicles.models import Ownership, Vehicle

WRITERS, EACH, ROUNDS = 8, 40, 3


class Wish(NamedTuple):
    """One attempt: some are free, some full, as it comes."""

    centre: Centre
    starts_at: datetime
    vehicle: Vehicle
    user: User


def run(house: House) -> Iterator[dict[str, Any]]:
    """Rounds alternate; ours and theirs draw from different centres in the same way."""
    _room_for_writers()
    plan = make_plan(service_types=[ServiceType.objects.get(code="bench")])
    draw = random.Random(42)
    drawn = wishes(draw, plan)
    rounds = [(written(ours(plan), next(drawn)), written(bare(plan), next(drawn))) for _ in range(ROUNDS)]
    mine = [each[0] for each in rounds]
    yield {
        "bench": "book",
        "case": "eight-writers",
        "p50_ms": round(statistics.median(statistics.median(each.taken) for each in mine), 3),
        "p95_ms": round(statistics.median(statistics.quantiles(e.taken, n=20)[18] for e in mine), 3),
        "per_s": round(statistics.median(each.per_s for each in mine), 1),
        "ratio": round(statistics.median(own.per_s / sql.per_s for own, sql in rounds), 3),
        "against": "bare-sql",
        "queries": queries_of_one(ours(plan), next(drawn)),
        "booked": sum(each.booked for each in mine),
        "full": sum(len(each.taken) - each.booked for each in mine),
        "overlaps": overlaps(),
        "limit_queries": None,
        "limit_ratio": 0.35,
        "limit_overlaps": 0,
    }
    theirs = [each[1] for each in rounds]
    yield {
        "bench": "book",
        "case": "bare-sql",
        "p50_ms": round(statistics.median(statistics.median(each.taken) for each in theirs), 3),
        "p95_ms": round(statistics.median(statistics.quantiles(e.taken, n=20)[18] for e in theirs), 3),
        "per_s": round(statistics.median(each.per_s for each in theirs), 1),
        "ratio": 1.0,
        "against": "bare-sql",
        "queries": None,
        "booked": sum(each.booked for each in theirs),
        "full": sum(len(each.taken) - each.booked for each in theirs),
        "limit_queries": None,
        "limit_ratio": None,
    }


def _room_for_writers() -> None:
    """The web process keeps fewer connections than there are writers here."""
    connection.close()
    cast(DatabaseWrapper, connection).close_pool()
    options = connections.settings["default"]["OPTIONS"]
    options["pool"] = {"min_size": 1, "max_size": WRITERS + 2}


class Written(NamedTuple):
    taken: list[float]  # ms of each attempt
    booked: int
    per_s: float


def wishes(draw: random.Random, plan: Plan) -> Iterator[list[list[Wish]]]:
    """Lists of attempts, one per writer: each car once, starts on the grid of the next weeks."""
    users = list(User.objects.order_by("pk")[:WRITERS])
    cars = list(Vehicle.objects.filter(vin__startswith="WN1BENCH").select_related("model").order_by("-pk"))
    now = timezone.now()
    needed = (2 * ROUNDS + 1) * WRITERS * EACH
    Ownership.objects.bulk_create(
        Ownership(
            vehicle=car,
            user=users[number // EACH % WRITERS],
            period=DateTimeTZRange(now - timedelta(days=9), None),
        )
        for number, car in enumerate(cars[:needed])
    )
    centres = list(Centre.objects.filter(code__startswith="bench-").order_by("pk"))
    today = civil.local_date(now)
    supply = iter(cars[:needed])
    while True:
        yield [
            [
                Wish(
                    draw.choice(centres),
                    civil.day_span(today + timedelta(days=draw.randint(3, 40)))[0]
                    + timedelta(hours=8)
                    + timedelta(minutes=30) * draw.randint(0, 16),
                    next(supply),
                    user,
                )
                for _ in range(EACH)
            ]
            for user in users
        ]


def written(write: Callable[[Wish], bool], wanted: list[list[Wish]]) -> Written:
    """Eight threads at once; how long each attempt took, and how many were booked."""
    taken: list[float] = []
    booked: list[bool] = []
    begin = threading.Barrier(WRITERS + 1, timeout=30)

    def work(mine: list[Wish]) -> None:
        connection.ensure_connection()
        begin.wait()
        for wish in mine:
            start = time.perf_counter()
            booked.append(write(wish))
            taken.append((time.perf_counter() - start) * 1000)
        connection.close()

    writers = [threading.Thread(target=work, args=[mine]) for mine in wanted]
    for writer in writers:
        writer.start()
    begin.wait()
    start = time.perf_counter()
    for writer in writers:
        writer.join()
    whole = time.perf_counter() - start
    return Written(taken, sum(booked), len(taken) / whole)


def ours(plan: Plan) -> Callable[[Wish], bool]:
    def write(wish: Wish) -> bool:
        try:
            booking.book_appointment(
                by=wish.user,
                vehicle=wish.vehicle,
                centre=wish.centre,
                plan=plan,
                starts_at=wish.starts_at,
                early_start=True,
                now=timezone.now(),
            )
        except DomainError:
            return False
        return True

    return write


_INSERT = """INSERT INTO services_appointment (code, centre_id, vehicle_id, car_words, booked_by_id,
  service_type_id, span, way, loan_car, street, postcode, town, status, price_cents, note, symptoms,
  promised_at, version, created_at)
VALUES (%s, %s, %s, '', %s, %s, %s, 'bring', false, '', '', '', 'booked', 8900, '', '{}', now(), 0, now())
ON CONFLICT DO NOTHING RETURNING id"""
_JOB = """INSERT INTO services_job (appointment_id, position, service_type_id, span, price_cents, state)
VALUES (%s, 1, %s, %s, 8900, 'planned') RETURNING id"""
_FREE = """SELECT r.id FROM services_resource r WHERE r.centre_id = %s AND r.kind = %s AND r.is_active
  AND NOT EXISTS (SELECT FROM services_allocation a WHERE a.resource_id = r.id AND a.active AND a.span && %s)
  AND (r.kind = 'bay' OR EXISTS (SELECT FROM services_shift s WHERE s.resource_id = r.id
    AND s.weekday = extract(isodow FROM lower(%s::tstzrange) AT TIME ZONE 'Europe/Berlin')
    AND s.starts <= (lower(%s::tstzrange) AT TIME ZONE 'Europe/Berlin')::time
    AND s.ends >= (upper(%s::tstzrange) AT TIME ZONE 'Europe/Berlin')::time))
ORDER BY r.id"""
_TAKE = """INSERT INTO services_allocation (resource_id, kind, part, span, active, appointment_id, job_id)
VALUES (%s, 'visit', %s, %s, true, %s, %s) ON CONFLICT DO NOTHING RETURNING id"""


def bare(plan: Plan) -> Callable[[Wish], bool]:
    """The least that books a visit: no rights, no journal, no notices, no reasons."""
    local = threading.local()
    kind = plan.service_types[0].pk

    def write(wish: Wish) -> bool:
        if not hasattr(local, "link"):
            local.link = psycopg.connect(os.environ["DATABASE_URL"])
        link = local.link
        span = DateTimeTZRange(wish.starts_at, wish.starts_at + plan.length, "[)")
        made = link.execute(
            _INSERT, [codes.new_code(), wish.centre.pk, wish.vehicle.pk, wish.user.pk, kind, span]
        ).fetchone()
        if made is None:
            link.rollback()
            return False
        job = link.execute(_JOB, [made[0], kind, span]).fetchone()
        for resource, part in (("bay", "place"), ("technician", "technician")):
            found = link.execute(_FREE, [wish.centre.pk, resource, span, span, span, span]).fetchall()
            took = any(link.execute(_TAKE, [pk, part, span, made[0], job[0]]).fetchone() for (pk,) in found)
            if not took:
                link.rollback()
                return False
        link.commit()
        return True

    return write


def queries_of_one(write: Callable[[Wish], bool], wanted: list[list[Wish]]) -> int:
    """Of a booking that succeeds."""
    for wish in (each for mine in wanted for each in mine):
        with CaptureQueriesContext(connection) as seen:
            done = write(wish)
        if done:
            return len(seen)
    return 0


def overlaps() -> int:
    """Counted by a self-join over all, without help from the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM services_allocation x JOIN services_allocation y
               ON x.resource_id = y.resource_id AND x.id < y.id AND x.active AND y.active
                 AND x.span && y.span"""
        )
        row = cursor.fetchone()
    return int(row[0])
