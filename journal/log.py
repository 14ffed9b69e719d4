"""Recording what happened, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.db.models.functions import Now

from journal import kinds, reacting, waking
from journal.models import Event, EventAudience, ReactionRun


def record(
    kind: str,
    *,
    by: Any | None,
    subject: models.Model,
    data: dict[str, Any] | None = None,
    audience: Iterable[Any] = (),
    at: datetime | None = None,
) -> Event:
    """Append one event about ``subject`` and the duties of all who react to it.

    ``by`` is the acting user, None for the house itself; ``audience`` are the users whose
    account it concerns (they see it in "what happened with my account"); ``at`` (UTC) is when
    it happened, by default now. Must run inside the transaction that does the thing: both
    happen, or neither. Raises ValueError for data keys that the kind does not name, KeyError
    for an unregistered kind.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs into the transaction of what it records")
    known = kinds.kind_named(kind)
    values = data or {}
    if not known.data.issuperset(values):
        raise ValueError(f"{kind} may not carry {sorted(set(values) - known.data)}")
    place = _next_place(subject)
    event = Event.objects.create(
        kind=kind,
        subject_id=place.subject_id,
        sequence=place.sequence,
        by=by,
        data=values,
        at=at or place.now,
    )
    EventAudience.objects.bulk_create(
        [EventAudience(event=event, user=user) for user in {u.pk: u for u in audience}.values()]
    )
    names = reacting.reactions_to(kind)
    if names:
        ReactionRun.objects.bulk_create(
            [ReactionRun(event=event, reaction=name, due_at=Now()) for name in names]
        )
        # robust: what is recorded is recorded, even if nobody can be woken.
        transaction.on_commit(lambda: waking.wake_subject(place.subject_id), robust=True)
    return event


class Place(NamedTuple):
    subject_id: int
    sequence: int
    now: datetime


def _next_place(subject: models.Model) -> Place:
    """The subject's next number: its row stays locked until commit, so order is per subject."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO journal_subject (kind, object_id, last_sequence) VALUES (%s, %s, 1)
               ON CONFLICT (kind, object_id)
               DO UPDATE SET last_sequence = journal_subject.last_sequence + 1
               RETURNING id, last_sequence, statement_timestamp()""",
            [subject._meta.label_lower, subject.pk],
        )
        return Place(*cursor.fetchone())
