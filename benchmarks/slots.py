"""How fast free times are found, against the bare query, five times the data, and a peer."""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.db.utils import load_backend
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import workshop
from benchmarks.client import BenchError, Client
from benchmarks.house import House, Seed, copy_of_seed
from services.booking import availability, nearest
from services.booking.plans import Plan, make_plan
from services.models import Centre, ServiceType

PEER = "django-appointment==3.12.0"
DAYS, NEAR, ROUNDS, RUNS, CLIENTS = 14, 10, 120, 3, 4


def run(house: House) -> Iterator[dict[str, Any]]:
    """Runs are interleaved, so that a busy moment hits all alike."""
    ours = Search()
    with another_database(house, workshop.FIVE_TIMES) as five:
        with five:
            larger = Search()
        bare = Bare(ours)
        runs: list[dict[str, list[float]]] = []
        for _ in range(RUNS):
            taken = {"centre-14d": timed(ours.slots), "prepared": timed(bare.slots)}
            with five:
                taken["five-times"] = timed(larger.slots)
            taken["nearest-10"] = timed(ours.nearest, rounds=ROUNDS // 4)
            runs.append(taken)
    yield line("centre-14d", runs, against="prepared", queries=queries_of(ours.slots), limit_queries=1,
               limit_ratio=0.6)  # fmt: skip
    yield line("prepared", runs, against="prepared")
    yield over_http(house, ours)
    yield line("nearest-10", runs, against="centre-14d", queries=queries_of(ours.nearest), limit_p95_ms=100)
    yield line("five-times", runs, against="centre-14d", limit_ratio=0.77)
    yield peer(house, statistics.median(p50(each["centre-14d"]) for each in runs))


class Search:
    """The domain's functions over all benched centres in turn."""

    def __init__(self) -> None:
        self.plan: Plan = make_plan(service_types=[ServiceType.objects.get(code="bench")])
        self.centres = list(Centre.objects.filter(code__startswith="bench-").order_by("pk"))
        if not self.centres:
            raise BenchError("The seed has no centres.")
        self._turn = itertools.cycle(self.centres)
        self.now = timezone.now()

    def slots(self) -> None:
        centre = next(self._turn)
        availability.free_slots(
            centre=centre, plan=self.plan, first_day=timezone.localdate(), days=DAYS, now=self.now
        )

    def nearest(self) -> None:
        centre = next(self._turn)
        nearest.earliest(
            latitude=centre.latitude, longitude=centre.longitude, plan=self.plan, count=NEAR, now=self.now
        )


class Bare:
    """The same SQL with the same values, prepared on a connection of its own: what no code can beat."""

    def __init__(self, search: Search) -> None:
        self._turn = itertools.cycle([self._asked(search, centre) for centre in search.centres])
        self._connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    @staticmethod
    def _asked(search: Search, centre: Centre) -> tuple[str, Any]:
        seen: list[tuple[str, Any]] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            availability.free_slots(
                centre=centre, plan=search.plan, first_day=timezone.localdate(), days=DAYS, now=search.now
            )
        return seen[0]

    def slots(self) -> None:
        sql, params = next(self._turn)
        self._connection.execute(sql, params, prepare=True).fetchall()


@contextmanager
def another_database(house: House, seed: Seed) -> Iterator[Any]:
    """A block's default connection is one to a database of this seed: ``with database, as_default:``."""
    urls = copy_of_seed(house.environment, seed, "portal_bench_other")
    settings = {**connections["default"].settings_dict, "NAME": "portal_bench_other"}
    settings["OPTIONS"] = {**settings["OPTIONS"]}
    other = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    if not urls["DATABASE_URL"].endswith("portal_bench_other"):
        raise BenchError("The other database has another name.")

    class AsDefault:
        def __enter__(self) -> None:
            self._before = connections["default"]
            connections["default"] = other

        def __exit__(self, *_error: object) -> None:
            connections["default"] = self._before

    try:
        yield AsDefault()
    finally:
        other.close()
        other.close_pool()


def timed(call: Callable[[], None], *, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each call after a warm-up."""
    for _ in range(10):
        call()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def p50(taken: list[float]) -> float:
    return statistics.median(taken)


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[18]


def queries_of(call: Callable[[], None]) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def line(case: str, runs: list[dict[str, list[float]]], *, against: str, **more: Any) -> dict[str, Any]:
    """Medians over the runs; ``ratio`` is how often as fast as what it is measured against."""
    return {
        "bench": "slots",
        "case": case,
        "p50_ms": round(statistics.median(p50(each[case]) for each in runs), 3),
        "p95_ms": round(statistics.median(p95(each[case]) for each in runs), 3),
        "per_s": round(statistics.median(1000 / statistics.mean(each[case]) for each in runs), 1),
        "ratio": round(statistics.median(p50(each[against]) / p50(each[case]) for each in runs), 3),
        "against": against,
        "queries": None,
        "limit_queries": None,
        "limit_ratio": None,
        **more,
    }


def over_http(house: House, search: Search) -> dict[str, Any]:
    """Four clients at once ask the API, as the booking page does."""
    visitor = DjangoClient(headers={"accept-language": "de"}, SERVER_NAME="localhost")
    visitor.force_login(get_user_model().objects.get(email="owner@demo.example"))
    paths = [
        f"/api/v1/slots/?centre={centre.pk}&service_types={search.plan.service_types[0].pk}"
        for centre in search.centres
    ]
    visitor.get(paths[0])
    with CaptureQueriesContext(connection) as seen:
        status = visitor.get(paths[1]).status_code
    if status != 200:
        raise BenchError(f"{paths[1]} answered {status}, not 200")
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in visitor.cookies.items())
    taken: list[float] = []

    def ask(number: int) -> None:
        with Client(house.web_socket, cookie=cookie) as client:
            for turn in range(ROUNDS):
                start = time.perf_counter()
                client.get(paths[(number * 7 + turn) % len(paths)])
                if turn >= 10:
                    taken.append((time.perf_counter() - start) * 1000)

    askers = [threading.Thread(target=ask, args=[number]) for number in range(CLIENTS)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return {
        "bench": "slots",
        "case": "centre-14d-http",
        "p50_ms": round(p50(taken), 3),
        "p95_ms": round(p95(taken), 3),
        "per_s": round(CLIENTS * 1000 / statistics.mean(taken), 1),
        "ratio": None,
        "against": "",
        "queries": len(seen),
        "limit_queries": 5,
        "limit_ratio": None,
        "limit_p95_ms": 50,
    }


def peer(house: House, ours_ms: float) -> dict[str, Any]:
    """14 days of one centre with ten people: theirs against ours, in process."""
    database = "portal_bench_peer"
    owner = house.environment["DATABASE_OWNER_URL"]
    base = owner.rpartition("/")[0]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        link.execute(f"CREATE DATABASE {database}")
    result = subprocess.run(
        [_peer_python(house), Path(__file__).with_name("peer") / "measure.py", f"{base}/{database}"],
        env={name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if result.returncode:
        raise BenchError(f"The peer could not be measured: {result.stderr[-600:]}")
    theirs = json.loads(result.stdout.splitlines()[-1])
    return {
        "bench": "slots",
        "case": "peer",
        "p50_ms": round(theirs["ms"], 3),
        "p95_ms": None,
        "per_s": round(1000 / theirs["ms"], 2),
        "ratio": round(theirs["ms"] / ours_ms, 1),
        "against": "centre-14d",
        "queries": theirs["queries"],
        "stored_double_bookings": theirs["stored"] - 1,
        "limit_queries": None,
        "limit_ratio": 100,
    }


def _peer_python(house: House) -> Path:
    """Its own virtual environment, made once: nothing of it is ever installed beside the product."""
    home = Path(house.environment["PORTAL_HOME"]) / "peer"
    python = home / "bin" / "python"
    if not python.exists():
        print(f"▸ Installing {PEER} by itself (kept for the next time)", file=sys.stderr, flush=True)
        venv.create(home, with_pip=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", PEER, "psycopg[binary]"],
            check=True,
            stdout=sys.stderr,
        )
    return python
