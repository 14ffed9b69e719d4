"""Reactions: exactly once, in order, never lost, and parked where staff see them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Notice, User
from common.errors import Conflict
from journal import running, trying
from journal.models import Event, ReactionRun
from journal.reacting import reacts_to
from journal.tasks import sweep
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def due_now() -> None:
    """As if the waiting time between two tries had passed."""
    ReactionRun.objects.filter(state="open").update(due_at=Now())


def greet(event: Event) -> None:
    """A database effect that would show if it happened twice."""
    Notice.objects.create(user_id=event.subject.object_id, kind=f"test.{event.sequence}")


def test_a_reaction_runs_once(happen, a_kind, run_reactions):
    reacts_to(a_kind)(greet)
    event = happen(UserFactory.create())
    assert run_reactions() == 1
    assert run_reactions() == 0
    assert running.run_subject(event.subject_id) == 0
    assert Notice.objects.filter(kind="test.1").count() == 1


def test_a_subjects_events_are_reacted_to_in_order(happen, a_kind, run_reactions):
    seen: list[int] = []
    reacts_to(a_kind)(lambda event: seen.append(event.data["number"]))
    anna = UserFactory.create()
    for number in (3, 1, 2):
        happen(anna, number=number)
    run_reactions()
    assert seen == [3, 1, 2]


def test_what_a_failed_reaction_wrote_is_undone(happen, a_kind):
    @reacts_to(a_kind)
    def half(event: Event) -> None:
        greet(event)
        raise OSError("the other half failed")

    event = happen(UserFactory.create())
    running.run_subject(event.subject_id)
    run = ReactionRun.objects.get()
    assert not Notice.objects.filter(kind="test.1").exists()
    assert (run.state, run.attempts, run.last_error) == ("open", 1, "OSError: the other half failed")
    assert run.due_at > timezone.now()


def test_a_broken_promise_of_the_database_is_the_reactions_failure(happen, a_kind):
    """A deferred foreign key fails at commit; it must not fail the done mark unseen."""

    @reacts_to(a_kind)
    def dangle(event: Event) -> None:
        Notice.objects.create(user_id=2**40, kind="test.dangling")

    event = happen(UserFactory.create())
    running.run_subject(event.subject_id)
    run = ReactionRun.objects.get()
    assert (run.state, run.attempts) == ("open", 1)
    assert "IntegrityError" in run.last_error


def failing_at(*numbers: int) -> tuple[Callable[[Event], None], list[int]]:
    seen: list[int] = []

    def picky(event: Event) -> None:
        if event.data["number"] in numbers:
            raise ValueError("not this one")
        seen.append(event.data["number"])

    return picky, seen


def test_a_failure_waits_longer_each_time_and_is_parked_in_the_end(happen, a_kind):
    picky, _seen = failing_at(1)
    reacts_to(a_kind)(picky)
    event = happen(UserFactory.create(), number=1)
    waits = []
    for _try in range(trying.MAX_ATTEMPTS):
        due_now()
        running.run_subject(event.subject_id)
        waits.append(ReactionRun.objects.get().due_at)
    run = ReactionRun.objects.parked().get()
    assert waits == sorted(waits)
    assert run.attempts == trying.MAX_ATTEMPTS
    due_now()
    assert running.run_subject(event.subject_id) == 0


def test_a_parked_reaction_holds_up_only_its_own_later_events_of_that_subject(happen, a_kind):
    picky, seen = failing_at(1)
    others: list[int] = []
    reacts_to(a_kind)(picky)
    reacts_to(a_kind)(lambda event: others.append(event.data["number"]))
    anna, berta = UserFactory.create(), UserFactory.create()
    happen(anna, number=1)
    ReactionRun.objects.filter(reaction__endswith="picky").update(state="parked")
    happen(anna, number=2)
    happen(berta, number=3)
    sweep()
    assert seen == [3]
    assert others == [1, 2, 3]


def test_staff_run_a_parked_reaction_again_and_the_journal_says_so(happen, a_kind, run_reactions):
    broken = [True]

    @reacts_to(a_kind)
    def mended(event: Event) -> None:
        if broken:
            raise ValueError("not yet")

    admin = UserFactory.create(role="administrator")
    event = happen(UserFactory.create())
    for _try in range(trying.MAX_ATTEMPTS):
        due_now()
        running.run_subject(event.subject_id)
    run = ReactionRun.objects.parked().get()
    broken.clear()
    running.rerun(run=run, by=admin, now=timezone.now())
    assert run_reactions() == 1
    asked = Event.objects.get(kind="journal.reaction_rerun")
    assert (asked.by, asked.data) == (admin, {"event": event.pk})
    with pytest.raises(Conflict):
        running.rerun(run=run, by=admin, now=timezone.now())


def test_what_kills_its_worker_each_time_is_parked(happen, a_kind):
    reacts_to(a_kind)(greet)
    event = happen(UserFactory.create())
    ReactionRun.objects.update(attempts=trying.MAX_ATTEMPTS)  # begun that often, never ended
    assert running.run_subject(event.subject_id) == 0
    assert "worker was lost" in ReactionRun.objects.parked().get().last_error


def test_a_reaction_unknown_to_this_worker_waits_for_one_that_knows_it(happen, a_kind, run_reactions):
    reacts_to(a_kind)(greet)
    event = happen(UserFactory.create())
    ReactionRun.objects.update(reaction="accounts.reactions.of_the_next_release")
    running.run_subject(event.subject_id)
    run = ReactionRun.objects.get()
    assert (run.state, run.attempts) == ("open", 1)
    assert "of_the_next_release" in run.last_error


def test_a_reaction_may_record_what_others_react_to(happen, a_kind, run_reactions):
    seen: list[int] = []

    @reacts_to(a_kind)
    def echo(event: Event) -> None:
        seen.append(event.sequence)
        if event.sequence < 3:
            happen(User.objects.get(pk=event.subject.object_id))

    happen(UserFactory.create())
    assert run_reactions() == 3
    assert seen == [1, 2, 3]


def test_waits_grow_to_six_hours():
    assert [trying.wait_after(n) for n in (1, 2, 3)] == [timedelta(seconds=s) for s in (10, 30, 90)]
    assert trying.wait_after(8) == trying.LONGEST_WAIT
