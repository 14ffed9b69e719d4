"""Counting wrong tries in Valkey, so that codes can't be guessed."""

from datetime import UTC, datetime

from django.core.cache import cache

from vehicles.errors import TooManyTries

WINDOW = 15 * 60  # seconds
PER_CAR = 5
PER_PERSON = 20  # over all cars: nobody walks through numbers


def count_try(*, user_id: int, vin: str, now: datetime) -> None:
    """Count one try of this person for this number, before it is looked up.

    Raises TooManyTries, which names the instant from which a new try counts, once more than
    5 per number or 20 per person fell into one quarter of an hour.
    """
    window = int(now.timestamp()) // WINDOW
    until = datetime.fromtimestamp((window + 1) * WINDOW, tz=UTC)
    for key, limit in (
        (f"claim:{user_id}:{vin}:{window}", PER_CAR),
        (f"claim:{user_id}:{window}", PER_PERSON),
    ):
        # Twice as long as it counts, so that it never runs out between the two calls.
        cache.add(key, 0, timeout=2 * WINDOW)
        if cache.incr(key) > limit:
            raise TooManyTries(until=until)
