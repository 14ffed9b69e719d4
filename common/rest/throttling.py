"""How often one caller may call, counted in Valkey."""

from typing import Any

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from common.outage import Outage

_valkey = Outage("throttle counter", pause=5)


class _WhileCounting:
    """Lets everybody through while the counter is away: a limit must not close the house."""

    def allow_request(self, request: Request, view: Any) -> bool:
        allowed: list[bool] = []
        counted = _valkey.attempt(
            lambda: allowed.append(super(_WhileCounting, self).allow_request(request, view)),  # type: ignore[misc]
            failures=(RedisError, OSError),
        )
        return not counted or allowed[0]


class GuestThrottle(_WhileCounting, AnonRateThrottle):
    """Per address."""


class PersonThrottle(_WhileCounting, UserRateThrottle):
    """Per account."""
