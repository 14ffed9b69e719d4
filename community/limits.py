"""How often a person may do what: counters in Valkey, by action and by who acts."""

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from common.outage import Outage
from community.errors import TooMany

if TYPE_CHECKING:
    from accounts.models import User

# action: (how many, within how many seconds)
LIMITS: dict[str, tuple[int, int]] = {
    "topic": (20, 3600),
    "post": (60, 600),
    "edit": (60, 600),
    "report": (20, 3600),
    "name": (5, 86_400),
}

_valkey = Outage("forum counter", pause=5)


def count(*, action: str, user: "User | None" = None, address: str = "") -> None:
    """Count one deed of a person, or of a network address where nobody is signed in.

    Raises TooMany with the seconds to wait. Attempts that fail later count, too.
    """
    most, seconds = LIMITS[action]
    key = f"community:limit:{action}:{f'user:{user.pk}' if user else f'address:{address}'}"
    counted: list[int] = []
    # Without the counter everybody gets through: a limit must not close the forum.
    _valkey.attempt(lambda: counted.append(_count(key, seconds)), failures=(RedisError, OSError))
    if counted and counted[0] > most:
        raise TooMany(
            _("That was a lot in a short time. Please try again in %(minutes)d minutes.")
            % {"minutes": max(seconds // 60, 1)},
            extra={"retry_after": seconds},
        )


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # ran out between the two calls
        return 1
