"""Who reacts to what: ``@reacts_to("services.appointment_booked")`` in an app's reactions.py."""

from collections.abc import Callable

from journal.models import Event

Reaction = Callable[[Event], None]
_by_kind: dict[str, dict[str, Reaction]] = {}


def reacts_to(*kinds: str) -> Callable[[Reaction], Reaction]:
    """Run the function once for each later event of these kinds, in order per subject.

    Its database effects commit together with its done mark; what leaves the house it puts
    into the outbox. It starts from its deployment: earlier events have no row for it.
    """

    def register(function: Reaction) -> Reaction:
        for kind in kinds:
            _by_kind.setdefault(kind, {})[f"{function.__module__}.{function.__name__}"] = function
        return function

    return register


def reactions_to(kind: str) -> dict[str, Reaction]:
    return _by_kind.get(kind, {})


def reaction_named(name: str) -> Reaction | None:
    for reactions in _by_kind.values():
        if name in reactions:
            return reactions[name]
    return None
