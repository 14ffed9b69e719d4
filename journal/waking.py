"""Telling whoever works in the background that there is work, without knowing who that is.

``tasks.py`` installs the sender; noun modules only say that something waits. A lost call
costs a delay, never work: the sweep finds every open row.
"""

from collections.abc import Callable
from typing import NamedTuple


class Wakers(NamedTuple):
    subject: Callable[[int], None]
    outbox: Callable[[], None]


def _nobody(*_: int) -> None:
    """Until somebody is installed, the sweep alone finds the work."""


NOBODY = Wakers(_nobody, _nobody)
_wakers = NOBODY


def install_wakers(wakers: Wakers) -> Wakers:
    """From now on these are called, after commit; returns those they replace."""
    global _wakers
    before, _wakers = _wakers, wakers
    return before


def wake_subject(subject_id: int) -> None:
    """Reactions to this subject's events wait."""
    _wakers.subject(subject_id)


def wake_outbox() -> None:
    """Something waits to leave the house."""
    _wakers.outbox()
