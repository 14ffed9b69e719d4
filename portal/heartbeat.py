"""The worker's sign of life, which /readyz and /metrics ask for."""

import time
from typing import Any

from celery.signals import heartbeat_sent, worker_process_init
from django.core.cache import cache

from portal import tracing

KEY = "portal:worker-heartbeat"
EVERY = 5  # seconds between two signs
FRESH = 30  # seconds that one counts

_last_sent = 0.0


@heartbeat_sent.connect(weak=False)
def beat(**kwargs: Any) -> None:
    """Called by Celery every other second in the worker's main process."""
    global _last_sent
    if time.monotonic() - _last_sent >= EVERY:
        _last_sent = time.monotonic()
        cache.set(KEY, time.time(), timeout=FRESH)


@worker_process_init.connect(weak=False)
def trace_tasks(**kwargs: Any) -> None:
    tracing.start()


def age() -> float | None:
    """Seconds since a worker's last sign; None when there was none for FRESH seconds."""
    at = cache.get(KEY)
    return None if at is None else max(0.0, time.time() - at)
