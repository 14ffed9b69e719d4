"""Reactions with real commits: workers side by side, killed, and left without a broker."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from threading import Thread

import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now

from accounts.models import Notice
from journal import running, waking
from journal.models import Event, ReactionRun
from journal.reacting import reacts_to
from journal.tasks import sweep
from tests.factories.accounts import UserFactory
from tests.locks import somebody_waits_for_me

pytestmark = pytest.mark.usefixtures("committing_db")


def greet(event: Event) -> None:
    """A database effect that would show if it happened twice."""
    Notice.objects.create(user_id=event.subject.object_id, kind=f"test.{event.sequence}")


def test_a_worker_is_woken_after_commit_only(happen, a_kind):
    woken: list[int] = []
    reacts_to(a_kind)(greet)
    waking.install_wakers(waking.Wakers(subject=woken.append, outbox=lambda: None))
    anna = UserFactory.create()
    with transaction.atomic():
        event = happen(anna)
        assert not woken
    assert woken == [event.subject_id]


def test_workers_side_by_side_do_it_once_and_in_order(happen, a_kind, race):
    seen: list[int] = []

    @reacts_to(a_kind)
    def both(event: Event) -> None:
        greet(event)
        seen.append(event.sequence)

    anna = UserFactory.create()
    events = [happen(anna) for _ in range(8)]
    race([lambda: running.run_subject(events[0].subject_id)] * 4)
    sweep()
    assert seen == [event.sequence for event in events]
    assert Notice.objects.filter(user=anna, kind__startswith="test.").count() == 8


def test_a_try_outlasts_a_worker_that_only_looked(happen, a_kind):
    """Another worker holds the row for a moment, sees that it is taken, and passes on."""
    reacts_to(a_kind)(greet)
    anna = UserFactory.create()
    run = running._begin_next(happen(anna).subject_id)
    assert run is not None

    def finish() -> None:
        try:
            running._finish(run)
        finally:
            connection.close()

    trying = Thread(target=finish)
    with transaction.atomic():
        ReactionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        trying.start()
        while trying.is_alive() and not somebody_waits_for_me():
            pass
    trying.join()
    assert Notice.objects.filter(user=anna, kind="test.1").exists()


def test_nothing_is_lost_without_a_broker(happen, a_kind):
    def away(*_: int) -> None:
        raise OSError("no broker")

    reacts_to(a_kind)(greet)
    waking.install_wakers(waking.Wakers(subject=away, outbox=away))
    anna = UserFactory.create()
    happen(anna)  # recording doesn't mind
    sweep()
    assert Notice.objects.filter(user=anna, kind="test.1").count() == 1


def test_what_committed_late_is_found_too(happen, a_kind):
    """An event with a smaller id may become visible after a larger one was handled."""
    reacts_to(a_kind)(greet)
    anna, berta = UserFactory.create(), UserFactory.create()
    with transaction.atomic():
        happen(anna)  # not committed yet while the next one is, and is handled
        in_another_thread(lambda: (happen(berta), sweep()))
        assert Notice.objects.filter(kind="test.1").count() == 1
    sweep()
    assert Notice.objects.filter(kind="test.1").count() == 2


def test_a_killed_worker_leaves_its_work_to_the_next(happen, a_kind):
    theirs, ours = multiprocessing.Pipe()

    @reacts_to(a_kind)
    def slow(event: Event) -> None:
        greet(event)
        if os.getpid() != here:
            theirs.send("in the middle")
            signal.pause()  # until we are killed

    here = os.getpid()
    anna = UserFactory.create()
    event = happen(anna)
    connections.close_all()  # a connection can't be shared with a child
    worker = multiprocessing.get_context("fork").Process(target=running.run_subject, args=[event.subject_id])
    worker.start()
    assert ours.poll(20)
    assert running.run_subject(event.subject_id) == 0  # in hand, so nobody else takes it
    worker.kill()
    worker.join(10)

    assert not Notice.objects.filter(user=anna, kind="test.1").exists()
    sweep()
    run = ReactionRun.objects.get()
    assert (run.state, run.attempts) == ("open", 1)  # the try counts, and is not repeated at once
    ReactionRun.objects.update(due_at=Now())
    sweep()
    assert Notice.objects.filter(user=anna, kind="test.1").count() == 1


def in_another_thread(call: Callable[[], object]) -> None:
    def run() -> None:
        try:
            call()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=30)
