"""Counting tries in Valkey, so that codes can't be guessed nor strangers flooded with mail."""

from datetime import UTC, datetime

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from vehicles.errors import TooManyTries, TriesUncounted

WINDOW = 15 * 60  # seconds
PER_CAR = 5
PER_PERSON = 20  # over all cars: nobody walks through numbers
LETTERS = 20  # invitations and offers to addresses that never asked for them


def count_try(*, user_id: int, vin: str, now: datetime) -> None:
    """Count one try of this person for this number, before it is looked up.

    Raises TooManyTries, which names the instant from which a new try counts, once more than
    5 per number or 20 per person fell into one quarter of an hour.
    """
    _count(f"claim:{user_id}:{vin}", PER_CAR, now, field="code")
    _count(f"claim:{user_id}", PER_PERSON, now, field="code")


def count_letter(*, user_id: int, now: datetime) -> None:
    """Count one letter of this person to an address; TooManyTries after 20 in a quarter of an hour."""
    _count(f"letter:{user_id}", LETTERS, now, field="email")


def _count(name: str, limit: int, now: datetime, *, field: str) -> None:
    window = int(now.timestamp()) // WINDOW
    key = f"vehicles:{name}:{window}"
    # Twice as long as it counts, so that it never runs out between the two calls.
    try:
        cache.add(key, 0, timeout=2 * WINDOW)
        tries = cache.incr(key)
    except (RedisError, OSError) as error:
        # Uncounted tries would be a way to guess: nobody gets through until the counter is back.
        raise TriesUncounted(_("This is not possible right now. Please try again in a minute.")) from error
    if tries > limit:
        until = datetime.fromtimestamp((window + 1) * WINDOW, tz=UTC)
        raise TooManyTries(until=until, now=now, field=field)
