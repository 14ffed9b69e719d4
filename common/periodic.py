"""Periodic jobs: each app names its own in schedule.py; the database holds only on/off and last run."""

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from django.apps import apps


class Job(NamedTuple):
    """A task to run again and again. It computes what is due up to now, so a missed run is harmless.

    Either ``every`` so much time, or by ``cron`` ("minute hour day-of-month month weekday",
    Berlin's clock). ``task`` is its dotted path; ``name`` stays when the task moves.
    """

    name: str
    task: str
    every: timedelta | None = None
    cron: str | None = None


def all_jobs() -> list[Job]:
    """The jobs of all installed apps, by name. Raises ValueError for one without a rhythm, or named twice."""
    jobs: dict[str, Job] = {}
    for config in apps.get_app_configs():
        module = f"{config.name}.schedule"
        if config.module is None or find_spec(module) is None:
            continue
        for job in getattr(import_module(module), "JOBS", ()):
            if job.name in jobs:
                raise ValueError(f"two jobs are named {job.name}")
            if (job.every is None) == (job.cron is None):
                raise ValueError(f"{job.name} needs either every or cron")
            jobs[job.name] = job
    return [jobs[name] for name in sorted(jobs)]
