"""The clock of the house: one beat at a time, its rows written from the apps' schedule.py."""

import signal
import time
from typing import Any

import psycopg
import structlog
from django.db import connection, transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks
from django_celery_beat.schedulers import DatabaseScheduler

from common.civil import BERLIN
from common.periodic import Job, all_jobs

logger = structlog.get_logger(__name__)

LOCK = 0x6265_6174  # "beat"
ASK_AGAIN = 5  # seconds between two tries of a beat that waits for another one to end


class HouseScheduler(DatabaseScheduler):
    """Celery's database scheduler, alone by an advisory lock, with the rows of our schedules."""

    def setup_schedule(self) -> None:
        self._link = wait_for_lock()
        write_jobs(all_jobs())
        super().setup_schedule()

    def install_default_entries(self, data: Any) -> None:
        """Celery's own clean-up of results has nothing to do here: nothing keeps results."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        # A lost link is a lost lock: end, and let the supervisor start a beat that asks for it.
        self._link.execute("SELECT 1")
        return float(super().tick(*args, **kwargs))


def wait_for_lock() -> psycopg.Connection[Any]:
    """The connection that holds the beat's lock; waits while another beat has it."""
    link = ask_for_lock()
    if link is not None:
        return link
    logger.warning("beat_waits", reason="another beat is running")
    # Celery's handlers would ask this scheduler to save itself, which it is not yet able to.
    before = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGTERM, signal.SIGINT)}
    while link is None:
        time.sleep(ASK_AGAIN)
        link = ask_for_lock()
    for each, handler in before.items():
        signal.signal(each, handler)
    return link


def ask_for_lock() -> psycopg.Connection[Any] | None:
    """A connection of its own (the lock lives as long as it does), or None: somebody else has it."""
    database = connection.get_connection_params()
    link = psycopg.connect(
        **{key: database[key] for key in ("host", "port", "dbname", "user", "password") if database.get(key)},
        autocommit=True,
        application_name="portal beat",
    )
    if link.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() == (True,):
        return link
    link.close()
    return None


@transaction.atomic
def write_jobs(jobs: list[Job]) -> None:
    """Bring the rows in line with the schedules: on/off and last run stay, unknown jobs go."""
    for job in jobs:
        PeriodicTask.objects.update_or_create(
            name=job.name, defaults={"task": job.task, **_rhythm(job), "one_off": False}
        )
    PeriodicTask.objects.exclude(name__in=[job.name for job in jobs]).delete()
    PeriodicTasks.update_changed()


def _rhythm(job: Job) -> dict[str, Any]:
    if job.cron:
        fields = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
        crontab, _new = CrontabSchedule.objects.get_or_create(
            **dict(zip(fields, job.cron.split(), strict=True)), timezone=BERLIN
        )
        return {"crontab": crontab, "interval": None}
    seconds = int(job.every.total_seconds()) if job.every else 0
    interval, _new = IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)
    return {"interval": interval, "crontab": None}
