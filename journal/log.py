"""Recording what happened, in the caller's transaction."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from journal import kinds, reacting
from journal.models import Event, EventAudience, ReactionRun


def record(
    kind: str,
    *,
    by: Any | None,
    subject: models.Model,
    data: dict[str, Any] | None = None,
    audience: Iterable[Any] = (),
) -> Event:
    """Append one event about ``subject`` and the duties of all who react to it.

    ``by`` is the acting user, None for the house itself; ``audience`` are the users whose
    account it concerns (they see it in "what happened with my account"). Must run inside
    the transaction that does the thing: both happen, or neither. Raises ValueError for data
    keys that the kind does not name, KeyError for an unregistered kind.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs into the transaction of what it records")
    known = kinds.kind_named(kind)
    values = data or {}
    if not known.data.issuperset(values):
        raise ValueError(f"{kind} may not carry {sorted(set(values) - known.data)}")
    now = timezone.now()
    subject_id, sequence = _next_place(subject)
    event = Event.objects.create(
        kind=kind, subject_id=subject_id, sequence=sequence, by=by, data=values, at=now
    )
    EventAudience.objects.bulk_create(
        [EventAudience(event=event, user=user) for user in {u.pk: u for u in audience}.values()]
    )
    names = reacting.reactions_to(kind)
    if names:
        ReactionRun.objects.bulk_create(
            [ReactionRun(event=event, reaction=name, due_at=now) for name in names]
        )
        from journal import running

        transaction.on_commit(lambda: running.wake(event.subject_id))
    return event


def _next_place(subject: models.Model) -> tuple[int, int]:
    """The subject's row, locked until commit, and its next number: order per subject."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO journal_subject (kind, object_id, last_sequence) VALUES (%s, %s, 1)
               ON CONFLICT (kind, object_id)
               DO UPDATE SET last_sequence = journal_subject.last_sequence + 1
               RETURNING id, last_sequence""",
            [subject._meta.label_lower, subject.pk],
        )
        row = cursor.fetchone()
    return row[0], row[1]
