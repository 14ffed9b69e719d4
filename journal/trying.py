"""What reactions and outgoing messages share: trying, backing off, giving up, trying again.

Every try is written down before it starts (attempts, and when the next may begin), so a
worker killed in the middle has used up a try too, and what kills its worker each time is
parked in the end instead of killing workers for ever. The only clock is the database's:
workers on several machines agree on what is due.
"""

from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from journal.models import Work

MAX_ATTEMPTS = 8
LONGEST_WAIT = timedelta(hours=6)
ERROR_LENGTH = 2000


def wait_after(attempts: int) -> timedelta:
    """How long after the start of this try the next may begin: 10 s, 30 s, 90 s … 6 h."""
    return min(timedelta(seconds=10 * 3 ** (attempts - 1)), LONGEST_WAIT)


def begin(work: Work) -> bool:
    """Write down that a try starts; False, and parked, when there were too many already.

    The caller holds the row's lock and commits before the try itself.
    """
    same = type(work)._default_manager.filter(pk=work.pk)
    if work.attempts >= MAX_ATTEMPTS:
        same.update(
            state=Work.State.PARKED,
            last_error=work.last_error or "Each try ended without an answer: its worker was lost.",
        )
        return False
    work.attempts += 1
    same.update(attempts=work.attempts, due_at=Now() + wait_after(work.attempts))
    return True


def note_failure(work: Work, error: Exception) -> None:
    """Keep why the try failed; after the last one the work is parked where staff see it."""
    words = f"{type(error).__name__}: {error}".replace("\0", "")[:ERROR_LENGTH]
    type(work)._default_manager.filter(pk=work.pk, state=Work.State.OPEN).update(
        last_error=words,
        state=Work.State.PARKED if work.attempts >= MAX_ATTEMPTS else Work.State.OPEN,
    )


def put_off(work: Work, until: datetime) -> None:
    """Not now, though nothing failed: the next try is due at ``until``, and this one does not count."""
    type(work)._default_manager.filter(pk=work.pk, state=Work.State.OPEN).update(
        attempts=work.attempts - 1, due_at=until
    )


def note_success(work: Work) -> None:
    """Done, for good."""
    type(work)._default_manager.filter(pk=work.pk).update(state=Work.State.DONE, done_at=Now(), last_error="")


def reopen(work: Work) -> None:
    """Start over from the first try, at once. Raises Conflict for what is done already."""
    undone = type(work)._default_manager.filter(pk=work.pk).exclude(state=Work.State.DONE)
    if not undone.update(state=Work.State.OPEN, attempts=0, due_at=Now()):
        raise Conflict(
            _("This was done in the meantime; there is nothing to run again."), code="already_done"
        )
