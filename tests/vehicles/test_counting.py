"""Tries are counted, or not made."""

from datetime import datetime

import pytest
from django.test import override_settings

from vehicles import attempts
from vehicles.errors import TriesUncounted

AWAY = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:9/0",  # nobody listens there
    }
}


def test_nobody_guesses_while_the_counter_is_away(now: datetime) -> None:
    with override_settings(CACHES=AWAY), pytest.raises(TriesUncounted) as refused:
        attempts.count_try(user_id=1, vin="WNLN5BZZZTH000512", now=now)
    assert refused.value.status == 503
