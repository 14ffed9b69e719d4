"""Periodic jobs: the apps' schedules are the truth, the database keeps on/off and last run."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from common.periodic import Job, all_jobs
from portal import beat
from portal.celery import app

pytestmark = pytest.mark.django_db


def test_every_job_names_a_task_that_exists():
    app.loader.import_default_modules()
    missing = [job.name for job in all_jobs() if job.task not in app.tasks]
    assert not missing


def test_the_sweep_runs_every_half_minute():
    sweep = next(job for job in all_jobs() if job.name == "journal.sweep")
    assert sweep.every == timedelta(seconds=30)


def test_rows_follow_the_schedules():
    beat.write_jobs(
        [Job("a", task="x.a", every=timedelta(minutes=5)), Job("b", task="x.b", cron="15 3 * * 1")]
    )
    rows = {row.name: row for row in PeriodicTask.objects.all()}
    assert (rows["a"].interval.every, rows["a"].interval.period) == (300, "seconds")
    assert (rows["b"].crontab.hour, str(rows["b"].crontab.timezone)) == ("3", "Europe/Berlin")

    moment = timezone.now()
    PeriodicTask.objects.update(last_run_at=moment)
    beat.write_jobs([Job("a", task="x.moved", cron="0 4 * * *")])
    row = PeriodicTask.objects.get()
    assert (row.name, row.task, row.interval, row.crontab.hour) == ("a", "x.moved", None, "4")
    assert row.last_run_at == moment


def test_a_job_that_was_switched_off_stays_off():
    jobs = [Job("a", task="x.a", every=timedelta(minutes=5))]
    beat.write_jobs(jobs)
    PeriodicTask.objects.update(enabled=False)
    beat.write_jobs(jobs)
    assert not PeriodicTask.objects.get().enabled


def test_only_one_beat_holds_the_lock():
    first = beat.ask_for_lock()
    assert first is not None
    assert beat.ask_for_lock() is None
    first.close()
    second = beat.ask_for_lock()
    assert second is not None
    second.close()
