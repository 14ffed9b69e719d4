"""How fast the staff board of a full day answers: its data, and the page around it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from benchmarks.client import BenchError, Client, Timing
from benchmarks.house import House
from common import civil, codes
from services.models import Allocation, Appointment, Centre, Job, JobTime, Resource, ServiceType
from vehicles.models import Vehicle

JOBS = 60
RUNS = 3
SECONDS = 1.5
MOST_QUERIES = 12
MOST_MS = 150.0


def run(house: House) -> Iterator[dict[str, Any]]:
    """One line for the data of the day (what is limited), one for the page; medians of three runs."""
    centre, day = _fill_a_day()
    visitor = DjangoClient(headers={"accept-language": "de"}, SERVER_NAME="localhost")
    visitor.force_login(get_user_model().objects.get(email="staff@demo.example"))
    paths = {
        "day-60": f"/api/v1/board/?centre={centre.pk}&from={day}&days=1",
        "day-60-page": f"/staff/day/?centre={centre.pk}&day={day}",
    }
    held = visitor.get(paths["day-60"]).json()
    jobs = {(bar["visit"], bar["job"]) for bar in held["bars"] if bar["job"]}
    if len(jobs) < JOBS:
        raise BenchError(f"The board shows {len(jobs)} jobs, not {JOBS}.")
    queries = {case: _queries(visitor, path) for case, path in paths.items()}
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in visitor.cookies.items())
    runs: list[dict[str, Timing]] = []
    for _ in range(RUNS):
        with Client(house.web_socket, cookie=cookie) as client:
            runs.append({case: client.time(path, seconds=SECONDS) for case, path in paths.items()})
    for case in paths:
        yield {
            "bench": "board",
            "case": case,
            "p50_ms": round(statistics.median(r[case].p50_ms for r in runs), 3),
            "p95_ms": round(statistics.median(r[case].p95_ms for r in runs), 3),
            "per_s": round(statistics.median(r[case].per_s for r in runs), 1),
            "queries": queries[case],
            "ratio": None,
            "against": None,
            "limit_queries": MOST_QUERIES,
            "limit_ratio": None,
            "limit_p95_ms": MOST_MS,
        }


def _queries(visitor: DjangoClient, path: str) -> int:
    """Of a second visit: the first fills caches."""
    visitor.get(path)
    with CaptureQueriesContext(connection) as captured:
        status = visitor.get(path).status_code
    if status != 200:
        raise BenchError(f"{path} answered {status}, not 200")
    return len(captured)


def _fill_a_day() -> tuple[Centre, str]:
    """Sixty jobs on an empty day at the demo's first centre: each with place, technician and real times."""
    centre = Centre.objects.order_by("pk")[0]
    day = civil.local_date(timezone.now(), centre.zone) + timedelta(days=200)
    while day.isoweekday() != 3:
        day += timedelta(days=1)
    begins = civil.instant(day, datetime.min.time().replace(hour=7, minute=30), centre.zone)
    mechanics = list(Resource.objects.filter(centre=centre, kind=Resource.Kind.TECHNICIAN).order_by("pk")[:5])
    bays = list(Resource.objects.filter(centre=centre, kind=Resource.Kind.BAY).order_by("pk")[:5])
    kind = ServiceType.objects.order_by("pk")[0]
    cars = list(Vehicle.objects.order_by("pk")[:JOBS])
    owner = User.objects.get(email="owner@demo.example")
    length = timedelta(minutes=40)
    for number in range(JOBS):
        lane, place = number % 5, number // 5
        span = DateTimeTZRange(begins + place * length, begins + (place + 1) * length, "[)")
        _visit(centre, cars[number], owner, kind, span, mechanics[lane], bays[lane])
    return centre, day.isoformat()


def _visit(
    centre: Centre,
    car: Vehicle,
    owner: User,
    kind: ServiceType,
    span: DateTimeTZRange,
    technician: Resource,
    bay: Resource,
) -> None:
    visit = Appointment.objects.create(
        code=codes.new_code(),
        centre=centre,
        vehicle=car,
        booked_by=owner,
        service_type=kind,
        span=span,
        status=Appointment.Status.IN_WORK,
        promised_at=span.upper,
        created_at=timezone.now(),
    )
    job = Job.objects.create(
        appointment=visit, position=1, service_type=kind, span=span, state=Job.State.FINISHED
    )
    JobTime.objects.create(job=job, technician=technician, started_at=span.lower, ended_at=span.upper)
    Allocation.objects.bulk_create(
        Allocation(
            resource=resource,
            kind=Allocation.Kind.VISIT,
            span=span,
            appointment=visit,
            job=job,
            part=part,
        )
        for part, resource in (("place", bay), ("technician", technician))
    )
