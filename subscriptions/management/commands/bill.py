"""``manage.py bill``: everything due up to a day, by any number of workers."""

import multiprocessing
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.utils import timezone

from common.civil import local_date
from subscriptions.billing import runs
from subscriptions.models import BillingRun


class Command(BaseCommand):
    help = "Bill everything that is due. A run that was interrupted is gone on with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", type=date.fromisoformat, help="due up to this day (default: today)")
        parser.add_argument("--workers", type=int, default=1, help="processes side by side (default: 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        run = runs.start_run(until=options["until"] or local_date(now), by=None, now=now)
        self.stdout.write(f"Due up to {run.until}: {runs.progress(run).chunks} ranges")
        if options["workers"] > 1:
            work_side_by_side(run_id=run.pk, workers=options["workers"], now=now)
        else:
            runs.work_on(run=run, now=now, after_each=self._say)
        self._say(runs.progress(run))

    def _say(self, progress: runs.Progress) -> None:
        self.stdout.write(
            f"{progress.done}/{progress.chunks} ranges, {progress.invoices} documents, "
            f"{progress.parked} accounts parked"
        )


def work_side_by_side(*, run_id: int, workers: int, now: datetime) -> None:
    """The same run by several processes; each opens its own connection."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=work, args=(run_id, now)) for _ in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit("a worker failed; start the command again to go on with the run")


def work(run_id: int, now: datetime) -> None:
    """What one process does."""
    runs.work_on(run=BillingRun.objects.get(pk=run_id), now=now)
    connections.close_all()
