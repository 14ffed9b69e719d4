"""How often calendars may ask, counted in Valkey by address."""

from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from common.errors import DomainError
from common.outage import Outage

WINDOW: Final = 60  # seconds
PER_FEED, PER_ADDRESS = 10, 120

_valkey = Outage("calendar counter", pause=5)


class TooOften(DomainError):
    """The calendar asks again by itself."""

    code = "too_often"
    status = 429

    def __init__(self) -> None:
        super().__init__(_("Please ask less often."))


def count_reading(*, feed_id: int) -> None:
    """Count one reading of a feed; TooOften from the eleventh in a minute."""
    _count(f"feed:{feed_id}", PER_FEED)


def count_asking(*, address: str) -> None:
    """Count one try from a network address, before its token is looked at; TooOften from the 121st."""
    _count(f"address:{address}", PER_ADDRESS)


def _count(name: str, most: int) -> None:
    counted: list[int] = []
    # Without the counter everybody gets through: a limit must not empty calendars.
    _valkey.attempt(
        lambda: counted.append(_one_more(f"services:calendar:{name}")), failures=(RedisError, OSError)
    )
    if counted and counted[0] > most:
        raise TooOften


def _one_more(key: str) -> int:
    cache.add(key, 0, timeout=WINDOW)
    try:
        return int(cache.incr(key))
    except ValueError:  # ran out between the two calls
        return 1
