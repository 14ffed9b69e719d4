"""How fast the pages and the API answer one visitor, each against a yardstick of the same run."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext

from benchmarks.client import BenchError, Client, Timing
from benchmarks.house import House

RUNS = 3
SECONDS = 1.5
# case: path, the case it is measured against, most queries, least ratio
CASES: dict[str, tuple[str, str, int | None, float | None]] = {
    "overview": ("/", "frame", 12, 0.3),
    "vehicles-api": ("/api/v1/vehicles/", "me", 5, None),
    "frame": ("/bench/frame/", "me", None, 0.3),
    "me": ("/bench/me/", "empty", None, None),
    "empty": ("/bench/empty/", "select-1", None, None),
    "select-1": ("/bench/select-1/", "empty", None, None),
}


def run(house: House) -> Iterator[dict[str, Any]]:
    """One line per case: the median of three runs, interleaved so that a busy moment hits all alike."""
    visitor = DjangoClient(headers={"accept-language": "de"}, SERVER_NAME="localhost")
    visitor.force_login(get_user_model().objects.get(email="owner@demo.example"))
    queries = {case: _queries(visitor, path) for case, (path, *_) in CASES.items()}
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in visitor.cookies.items())
    runs: list[dict[str, Timing]] = []
    for _ in range(RUNS):
        with Client(house.web_socket, cookie=cookie) as client:
            runs.append({case: client.time(path, seconds=SECONDS) for case, (path, *_) in CASES.items()})
    for case, (_, against, most_queries, least_ratio) in CASES.items():
        yield {
            "bench": "pages",
            "case": case,
            "p50_ms": round(statistics.median(r[case].p50_ms for r in runs), 3),
            "p95_ms": round(statistics.median(r[case].p95_ms for r in runs), 3),
            "per_s": round(statistics.median(r[case].per_s for r in runs), 1),
            "queries": queries[case],
            "ratio": round(statistics.median(r[case].per_s / r[against].per_s for r in runs), 3),
            "against": against,
            "limit_queries": most_queries,
            "limit_ratio": least_ratio,
        }


def _queries(visitor: DjangoClient, path: str) -> int:
    """Of a second visit: the first fills caches."""
    visitor.get(path)
    with CaptureQueriesContext(connection) as captured:
        status = visitor.get(path).status_code
    if status != 200:
        raise BenchError(f"{path} answered {status}, not 200")
    return len(captured)
