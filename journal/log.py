"""Recording what happened, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from journal import kinds, reacting, waking
from journal.models import Event


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

    ``by`` is the acting user, None for the house itself; ``audience`` are the users (or their ids) whose
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
    names = list(reacting.reactions_to(kind))
    written: dict[str, Any] = {
        "subject_kind": subject._meta.label_lower,
        "object": subject.pk,
        "kind": kind,
        "by": by.pk if by else None,
        "data": Jsonb(values),
        "at": at,
        "audience": list({user if isinstance(user, int) else user.pk for user in audience}),
        "reactions": names,
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, written)
        event = Event(kind=kind, by=by, data=values, **_Row(*cursor.fetchone())._asdict())
    event._state.adding = False
    if names:
        # robust: what is recorded is recorded, even if nobody can be woken.
        transaction.on_commit(lambda: waking.wake_subject(event.subject_id), robust=True)
    return event


class _Row(NamedTuple):
    id: int
    subject_id: int
    sequence: int
    at: datetime


# In one statement: the subject's row stays locked until commit, so order is per subject.
_APPEND = """WITH place AS (
  INSERT INTO journal_subject (kind, object_id, last_sequence) VALUES (%(subject_kind)s, %(object)s, 1)
  ON CONFLICT (kind, object_id) DO UPDATE SET last_sequence = journal_subject.last_sequence + 1
  RETURNING id, last_sequence
), event AS (
  INSERT INTO journal_event (kind, subject_id, sequence, by_id, data, at)
  SELECT %(kind)s, id, last_sequence, %(by)s, %(data)s, coalesce(%(at)s, statement_timestamp()) FROM place
  RETURNING id, subject_id, sequence, at
), told AS (
  INSERT INTO journal_eventaudience (event_id, user_id)
  SELECT event.id, person FROM event, unnest(%(audience)s::bigint[]) person
), due AS (
  INSERT INTO journal_reactionrun (event_id, reaction, state, attempts, due_at, last_error)
  SELECT event.id, reaction, 'open', 0, statement_timestamp(), ''
  FROM event, unnest(%(reactions)s::text[]) reaction
)
SELECT id, subject_id, sequence, at FROM event"""
