"""/metrics for Prometheus: requests by view, and what waits. Never public.

The web runs in several processes; PROMETHEUS_MULTIPROC_DIR names the folder in which they add up.
"""

import hmac
import ipaddress
import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal import heartbeat

REQUESTS = Counter("portal_requests_total", "Requests answered", ["method", "view", "status"])
SECONDS = Histogram(
    "portal_request_seconds",
    "Time from request to answer",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class RequestMetrics:
    """Middleware: the outermost, so that the time is the visitor's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        # By name, never by path: paths hold ids and would make a series each.
        view = (match.view_name or "unnamed") if match else "none"
        method = (
            request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
        )
        REQUESTS.labels(method, view, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        return response


class Waiting(Collector):
    """What is known only by asking: read at every scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Seconds since the worker's sign of life; absent when there is none."""
        age = heartbeat.age()
        if age is not None:
            yield GaugeMetricFamily(
                "portal_worker_heartbeat_age_seconds", "Since the worker's sign of life", value=age
            )


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for a scraper on this machine or one with METRICS_TOKEN; others see no such page."""
    if not _may_read(request):
        raise Http404
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    own = CollectorRegistry()
    own.register(Waiting())
    return HttpResponse(generate_latest(registry) + generate_latest(own), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return True
    if "X-Forwarded-Proto" in request.headers:  # came through the proxy
        return False
    address = request.META.get("REMOTE_ADDR") or ""
    try:
        return not address or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
