"""A neighbour that may be away, where being away must cost its callers next to nothing."""

import time
from collections.abc import Callable

import structlog

logger = structlog.get_logger(__name__)


class Outage:
    """Remembers, per process, that a neighbour is away, and spares callers the wait.

    After a failure nothing is tried for ``pause`` seconds, so that a dead server costs one
    timeout now and then instead of one per request.
    """

    def __init__(self, name: str, *, pause: float) -> None:
        self.name = name
        self.pause = pause
        self._quiet_until = 0.0

    def attempt(self, call: Callable[[], object], *, failures: tuple[type[Exception], ...]) -> bool:
        """Make the call unless the neighbour was away just now; whether it went through."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            call()
        except failures as error:
            self._quiet_until = time.monotonic() + self.pause
            logger.warning("neighbour_away", name=self.name, error=str(error))
            return False
        return True
