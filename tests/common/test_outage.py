"""A neighbour that is away costs its callers next to nothing."""

from common.outage import Outage


def away() -> None:
    raise ConnectionRefusedError("nobody there")


def test_after_a_failure_nothing_is_tried_for_a_while():
    outage, calls = Outage("test", pause=60), []
    assert outage.attempt(lambda: calls.append(1), failures=(OSError,))
    assert not outage.attempt(away, failures=(OSError,))
    assert not outage.attempt(lambda: calls.append(2), failures=(OSError,))
    assert calls == [1]


def test_after_the_pause_it_is_tried_again():
    outage, calls = Outage("test", pause=0), []
    assert not outage.attempt(away, failures=(OSError,))
    assert outage.attempt(lambda: calls.append(1), failures=(OSError,))
    assert calls == [1]
