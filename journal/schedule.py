from datetime import timedelta

from common.periodic import Job

JOBS = [
    Job("journal.sweep", task="journal.tasks.sweep", every=timedelta(seconds=30)),
]
