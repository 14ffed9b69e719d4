"""Running the reactions to what happened: exactly once, in order, never lost.

A reaction's database effects commit in one transaction with its done mark. Each reaction
sees a subject's events in their order; one that fails, or is parked, holds up only its
own later events on that subject.
"""

from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from journal import log, reacting, trying, waking
from journal.models import ReactionRun

logger = structlog.get_logger(__name__)


def run_subject(subject_id: int) -> int:
    """Run what is due on one subject until nothing is; how many reactions were done.

    Safe to call at any time, from anywhere, by many at once: rows are claimed with
    SKIP LOCKED and looked at again under their lock.
    """
    done = 0
    while run := _begin_next(subject_id):
        done += _finish(run)
    return done


def subjects_due(*, limit: int = 1000) -> list[int]:
    """Subjects with open reactions whose time has come, longest waiting first.

    Looks at open rows, never at "later than the last one I saw": what committed late is
    found as well.
    """
    waiting = (
        ReactionRun.objects.filter(state=ReactionRun.State.OPEN, due_at__lte=Now())
        .order_by("due_at")
        .values_list("event__subject_id", flat=True)[:limit]
    )
    return list(dict.fromkeys(waiting))


def rerun(*, run: ReactionRun, by: Any, now: datetime) -> None:
    """Try a parked reaction again from the first try; the journal keeps who asked.

    Raises Conflict when it was done in the meantime.
    """
    with transaction.atomic():
        trying.reopen(run)
        log.record("journal.reaction_rerun", by=by, subject=run, data={"event": run.event_id}, at=now)
        subject_id = run.event.subject_id
        transaction.on_commit(lambda: waking.wake_subject(subject_id), robust=True)


def _begin_next(subject_id: int) -> ReactionRun | None:
    """The subject's next due run with its try written down and committed; None when none is."""
    while True:
        with transaction.atomic():
            run = _heads().filter(event__subject_id=subject_id).first()
            if run is None:
                return None
            if trying.begin(run):
                return run


def _heads() -> QuerySet[ReactionRun]:
    """Due runs that are first in their line, locked; those that others hold are passed over."""
    earlier = ReactionRun.objects.exclude(state=ReactionRun.State.DONE).filter(
        reaction=OuterRef("reaction"),
        event__subject_id=OuterRef("event__subject_id"),
        event__sequence__lt=OuterRef("event__sequence"),
    )
    return (
        ReactionRun.objects.filter(~Exists(earlier), state=ReactionRun.State.OPEN, due_at__lte=Now())
        .select_related("event__subject")
        .order_by("event__sequence", "id")
        .select_for_update(of=("self",), skip_locked=True)
    )


def _finish(run: ReactionRun) -> int:
    """One try; 1 when it was done by us. A failure is kept beside the run, not raised."""
    try:
        with transaction.atomic():
            if not _still_ours(run):
                return 0
            reaction = reacting.reaction_named(run.reaction)
            if reaction is None:
                raise LookupError(f"nobody here reacts as {run.reaction}")
            reaction(run.event)
            trying.note_success(run)
            # Deferred constraints speak now, while it is still this reaction's failure.
            connection.check_constraints()
        return 1
    except Exception as error:  # whatever a reaction does, the next ones must run
        logger.warning("reaction_failed", reaction=run.reaction, event_id=run.event_id, exc_info=error)
        trying.note_failure(run, error)
        return 0


def _still_ours(run: ReactionRun) -> bool:
    """Locks the run; False when a try that began later than ours took it over.

    Waits for the lock: who holds it may only have looked for work and passes it by, and to
    leave then would let the run lie until its next try.
    """
    return (
        ReactionRun.objects.select_for_update(of=("self",))
        .filter(pk=run.pk, state=ReactionRun.State.OPEN, attempts=run.attempts)
        .exists()
    )
