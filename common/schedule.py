from datetime import timedelta

from common.periodic import Job

JOBS = [
    Job("common.forget_answers", task="common.tasks.forget_answers", every=timedelta(hours=1)),
]
