"""Is the process alive, and is everything there that it needs to serve people?"""

import functools
from collections.abc import Callable

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from portal import heartbeat

log = structlog.get_logger(__name__)


@login_not_required
@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """For supervisors: this process answers. Asks nothing of others, so nobody restarts it for them."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """For load balancers and deployments: 200 when all is there, else 503 with what is missing."""
    answers = {name: _passes(name, check) for name, check in CHECKS.items()}
    fine = all(answers.values())
    body = {
        "status": "ready" if fine else "not ready",
        "checks": {name: "ok" if passed else "failed" for name, passed in answers.items()},
    }
    return JsonResponse(body, status=200 if fine else 503)


def _passes(name: str, check: Callable[[], bool]) -> bool:
    """An unreachable server is an answer; its details are for the log, not for strangers."""
    try:
        return check()
    except (DatabaseError, RedisError, OSError) as error:
        log.warning("not_ready", check=name, error=str(error))
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _valkey() -> bool:
    cache.set("portal:ready", "1", timeout=10)
    return bool(cache.get("portal:ready") == "1")


def _worker() -> bool:
    return heartbeat.age() is not None


def _migrations() -> bool:
    return not pending_migrations()


def pending_migrations() -> set[tuple[str, str]]:
    """Migrations of this code that the database lacks, as (app, name)."""
    return set(_known_migrations()) - set(MigrationRecorder(connection).applied_migrations())


@functools.cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    # The code cannot change under a running process; reading every migration takes a while.
    return frozenset(MigrationLoader(None).graph.nodes)


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "valkey": _valkey,
    "worker": _worker,
    "migrations": _migrations,
}
