from datetime import timedelta

from common.periodic import Job

JOBS = [
    Job("accounts.collect_mails", task="accounts.tasks.collect_mails", every=timedelta(minutes=5)),
    Job("accounts.remind_of_promises", task="accounts.tasks.remind_of_promises", every=timedelta(minutes=5)),
]
