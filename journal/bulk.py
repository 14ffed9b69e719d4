"""Recording the same kind of thing about many subjects at once, as a billing run does."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from journal import kinds, reacting, waking

WOKEN = 20  # of more subjects the sweep finds the work within seconds: no flood of messages

RECORD = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(data)s::jsonb[]) AS given(object_id, data)
), subject AS (
    INSERT INTO journal_subject (kind, object_id, last_sequence)
    SELECT %(subject)s, object_id, 1 FROM given ORDER BY object_id
    ON CONFLICT (kind, object_id) DO UPDATE SET last_sequence = journal_subject.last_sequence + 1
    RETURNING id, object_id, last_sequence
), event AS (
    INSERT INTO journal_event (kind, subject_id, sequence, by_id, data, at)
    SELECT %(kind)s, subject.id, subject.last_sequence, %(by)s, given.data,
           COALESCE(%(at)s, statement_timestamp())
    FROM subject JOIN given USING (object_id) ORDER BY subject.id
    RETURNING id, subject_id
), told AS (
    INSERT INTO journal_eventaudience (event_id, user_id)
    SELECT event.id, reader.user_id
    FROM unnest(%(told)s::bigint[], %(readers)s::bigint[]) AS reader(object_id, user_id)
    JOIN subject USING (object_id) JOIN event ON event.subject_id = subject.id
), duty AS (
    INSERT INTO journal_reactionrun (event_id, reaction, state, attempts, due_at, last_error)
    SELECT event.id, reaction, 'open', 0, statement_timestamp(), ''
    FROM event CROSS JOIN unnest(%(reactions)s::text[]) AS reaction
)
SELECT subject_id FROM event
"""


class Happening(NamedTuple):
    """What happened to one subject: its id, the event's data, and the ids of whose account it concerns."""

    object_id: int
    data: dict[str, Any]
    audience: Sequence[int] = ()


def record_many(
    kind: str,
    *,
    by: Any | None,
    model: type[models.Model],
    happenings: Iterable[Happening],
    at: datetime | None = None,
) -> int:
    """Append one event for each of the happenings, in one statement; returns how many.

    As ``log.record`` otherwise: belongs into the transaction of what it records, ``at`` (UTC) is
    now by default, ValueError for data keys that the kind does not name. Each subject once.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record_many() belongs into the transaction of what it records")
    given = list(happenings)
    if not given:
        return 0
    known = kinds.kind_named(kind).data
    for one in given:
        if not known.issuperset(one.data):
            raise ValueError(f"{kind} may not carry {sorted(set(one.data) - known)}")
    readers = [(one.object_id, user) for one in given for user in dict.fromkeys(one.audience)]
    reactions = list(reacting.reactions_to(kind))
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            {
                "kind": kind,
                "subject": model._meta.label_lower,
                "by": by.pk if by is not None else None,
                "at": at,
                "ids": [one.object_id for one in given],
                "data": [json.dumps(one.data) for one in given],
                "told": [subject for subject, _ in readers],
                "readers": [user for _, user in readers],
                "reactions": reactions,
            },
        )
        subjects = [row[0] for row in cursor.fetchall()]
    if reactions and len(subjects) <= WOKEN:
        for pk in subjects:
            transaction.on_commit(partial(waking.wake_subject, pk), robust=True)
    return len(subjects)
