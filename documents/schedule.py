"""When documents go by themselves."""

from datetime import timedelta

from common.periodic import Job

JOBS = [
    Job("documents.erase_due", task="documents.tasks.erase_due", every=timedelta(minutes=15)),
    Job("documents.sweep_received", task="documents.tasks.sweep_received", cron="50 3 * * *"),
]
