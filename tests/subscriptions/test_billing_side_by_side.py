"""Several workers, and workers that die: each period once, no gap, the same totals."""

import multiprocessing
import os
import signal
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Sum

from subscriptions.billing import issuing, runs
from subscriptions.models import BillingChunk, Invoice, LedgerEntry, NumberSeries, OpenItem
from tests.factories.accounts import UserFactory
from tests.factories.subscriptions import offer_plan, subscribed

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
FIRST = date(2026, 11, 1)
PEOPLE = 9


@pytest.fixture
def due(committing_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CHUNK", 2)
    version = offer_plan(plan={"kind": "mobility"}, price_cents=29_00)
    for person in UserFactory.create_batch(PEOPLE):
        subscribed(person, None, now=NOW, version=version)


def assert_each_billed_once() -> None:
    numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, PEOPLE + 1))
    assert NumberSeries.objects.get(code="invoice").last_number == PEOPLE
    assert len(set(Invoice.objects.values_list("account", flat=True))) == PEOPLE
    assert OpenItem.objects.aggregate(sum=Sum("open_cents"))["sum"] == PEOPLE * 29_00
    assert LedgerEntry.objects.aggregate(sum=Sum("cents"))["sum"] == 0


def test_four_workers_bill_each_period_once(due: None, race) -> None:
    run = runs.start_run(until=FIRST, by=None, now=NOW)
    race([lambda: runs.work_on(run=run, now=NOW)] * 4)
    assert_each_billed_once()
    run.refresh_from_db()
    assert run.finished_at == NOW


def test_two_runs_at_once_are_one(due: None, race) -> None:
    race([lambda: runs.bill(until=FIRST, by=None, now=NOW)] * 3)
    assert_each_billed_once()


def _die_after_numbering(run_id: int) -> None:
    """Issue for one range, and die before the commit: its numbers were taken, its rows written."""
    issue = issuing.issue

    def then_die(*args: Any, **fields: Any) -> list[int]:
        ids = issue(*args, **fields)
        if BillingChunk.objects.filter(run=run_id, rated_at__isnull=False).count() == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return ids

    issuing.issue = then_die
    runs.work_on(run=runs.BillingRun.objects.get(pk=run_id), now=NOW)


def test_a_worker_killed_after_numbering_leaves_no_trace(due: None) -> None:
    run = runs.start_run(until=FIRST, by=None, now=NOW)
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=_die_after_numbering, args=(run.pk,))
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    assert Invoice.objects.count() == 4
    with connection.cursor() as cursor:  # the server notices the death of its client by itself
        cursor.execute("SELECT 1")
    assert runs.bill(until=FIRST, by=None, now=NOW).pk == run.pk
    assert_each_billed_once()
