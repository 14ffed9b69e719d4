"""How fast batches of usage are taken over the API, a fifth of it repeated, against COPY into the table."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.client import BenchError
from benchmarks.house import House
from subscriptions.models import Contract, UsageSource
from subscriptions.usage.sources import PREFIX, _hash

BATCH, BATCHES, ROUNDS, REPEATED = 1000, 10, 3, 0.2
KEY = PREFIX + "bench"


def run(house: House) -> Iterator[dict[str, Any]]:
    """Rounds alternate: batches over HTTP's own handler in this process, then COPY of the same rows."""
    UsageSource.objects.create(
        code="bench", name="Bench", key_hash=_hash(KEY), key_end=KEY[-4:], added_at=timezone.now()
    )
    codes = list(Contract.objects.filter(plan__kind="battery").values_list("code", flat=True)[:2000])
    if len(codes) < 50:
        raise BenchError("The demo has too few battery contracts.")
    draw = random.Random(7)
    bare = UsageSource.objects.create(
        code="bare", name="Bare", key_hash="0" * 64, key_end="bare", added_at=timezone.now()
    )
    taken, ratios, queries = [], [], 0
    for place in range(ROUNDS):
        batches = list(_batches(draw, codes, place))
        with CaptureQueriesContext(connection) as seen:
            _post(_batch(draw, codes, f"q{place}"))
        queries = len(seen)
        times = [_timed(lambda batch=batch: _post(batch)) for batch in batches]  # type: ignore[misc]
        copied = sum(_timed(lambda batch=batch: _copy(bare.pk, batch)) for batch in _fresh(batches))  # type: ignore[misc]
        taken += times
        ratios.append(copied / sum(times))
    ordered = sorted(1000 * each for each in taken)
    yield {
        "bench": "usage",
        "case": "batches",
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "per_s": round(BATCH * len(taken) / sum(taken)),
        "queries": queries,
        "ratio": round(statistics.median(ratios), 3),
        "against": "copy",
        "limit_queries": 20,
        "limit_ratio": 0.1,
    }


Batch = list[dict[str, Any]]


def _batches(draw: random.Random, codes: list[str], place: int) -> Iterator[Batch]:
    before: Batch = []
    for number in range(BATCHES):
        batch = _batch(draw, codes, f"{place}-{number}")
        if before:
            for index in draw.sample(range(BATCH), int(BATCH * REPEATED)):
                batch[index] = before[index]
        yield batch
        before = batch


def _batch(draw: random.Random, codes: list[str], name: str) -> Batch:
    now = timezone.now()
    return [
        {
            "id": f"{name}-{index}",
            "unit": "swap",
            "quantity": str(draw.randint(1, 2)),
            "used_at": (now - timedelta(minutes=draw.randint(1, 20_000))).isoformat(),
            "contract": draw.choice(codes),
        }
        for index in range(BATCH)
    ]


def _fresh(batches: list[Batch]) -> Iterator[Batch]:
    """COPY knows no repeats: the same batches, each row once."""
    seen: set[str] = set()
    for batch in batches:
        yield [row for row in batch if not (row["id"] in seen or seen.add(row["id"]))]  # type: ignore[func-returns-value]


def _post(batch: Batch) -> None:
    body = json.dumps({"reports": batch})
    answer = _client().post("/api/v1/usage/", body, content_type="application/json")
    if answer.status_code != 200 or answer.json()["refused"]:
        raise BenchError(f"The batch was refused: {answer.content[:300]!r}")


def _client() -> Client:
    return Client(headers={"X-Api-Key": KEY, "Host": "localhost"})


def _copy(source: int, batch: Batch) -> None:
    columns = "source_id, external_id, fingerprint, unit, quantity, used_at, received_at"
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        connection.ensure_connection()
        with cursor.cursor.copy(f"COPY subscriptions_usagerecord ({columns}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row(
                    (source, row["id"], "0" * 64, row["unit"], row["quantity"], row["used_at"], now)
                )


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
