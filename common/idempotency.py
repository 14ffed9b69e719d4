"""Idempotency keys: the same creating request twice does its work once.

The key is claimed by INSERT … ON CONFLICT DO NOTHING inside the transaction that does
the work and stores the answer, so a parallel duplicate waits for the first to commit
and then finds its answer; a failed first leaves no trace. (IETF draft
httpapi-idempotency-key-header.)
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid, Unprocessable
from common.models import IdempotencyKey

ROUTE_LENGTH = 200  # as IdempotencyKey.route


class Answer(NamedTuple):
    status: int
    body: Any
    replayed: bool


def body_hash(body: Any) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def perform_once(
    *,
    user_id: int | None,
    route: str,
    key: str,
    body: Any,
    now: datetime,
    work: Callable[[], tuple[int, Any]],
) -> Answer:
    """Do ``work`` unless this key was answered before; then give the same answer again.

    ``user_id`` is None for guests, whose keys must then be unguessable: whoever sends the same
    key and body gets the answer. ``work`` returns (HTTP status, JSON-ready body); only 2xx are kept, for
    ``settings.IDEMPOTENCY_KEEP`` (24 h). Raises Unprocessable (422) when the key was used
    with another body, Invalid for a key over 200 characters. Errors of ``work`` roll
    everything back, the claim included.
    """
    if not 1 <= len(key) <= 200 or "\0" in key:
        raise Invalid(_("The idempotency key must have 1 to 200 characters."), code="idempotency_key_invalid")
    digest = body_hash(body)
    route = _storable(route)
    with transaction.atomic():
        stored = _claim(user_id, route, key, digest, now)
        if stored is not None:
            if stored.body_hash != digest:
                raise Unprocessable(
                    _("This was already sent with other input. Send it again if you mean both."),
                    code="idempotency_key_reused",
                )
            return Answer(stored.status or 200, json.loads(stored.answer), replayed=True)
        status, body = work()
        answer = json.dumps(body, cls=DjangoJSONEncoder)
        claim = _rows(user_id, route, key)
        if 200 <= status < 300:
            claim.update(status=status, answer=answer)
        else:
            claim.delete()
        return Answer(status, json.loads(answer), replayed=False)


def forget_answers(*, now: datetime) -> int:
    """Delete what was kept long enough; how many answers that were."""
    deleted, _by_model = IdempotencyKey.objects.filter(
        created_at__lt=now - settings.IDEMPOTENCY_KEEP
    ).delete()
    return deleted


def _storable(route: str) -> str:
    """The route itself, or its hash when an address is longer than the column."""
    return route if len(route) <= ROUTE_LENGTH else hashlib.sha256(route.encode()).hexdigest()


def _claim(user_id: int | None, route: str, key: str, digest: str, now: datetime) -> IdempotencyKey | None:
    """None when the key is ours now; otherwise the row of whoever came first."""
    _rows(user_id, route, key).filter(created_at__lt=now - settings.IDEMPOTENCY_KEEP).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO common_idempotencykey (user_id, route, key, body_hash, answer, created_at)
               VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT (user_id, route, key) DO NOTHING""",
            [user_id, route, key, digest, now],
        )
        if cursor.rowcount == 1:
            return None
    return _rows(user_id, route, key).get()


def _rows(user_id: int | None, route: str, key: str) -> QuerySet[IdempotencyKey]:
    rows = IdempotencyKey.objects.filter(route=route, key=key)
    return rows.filter(user__isnull=True) if user_id is None else rows.filter(user_id=user_id)
