from datetime import timedelta

from common.periodic import Job

JOBS = [
    Job("accounts.clear_tokens", task="accounts.tasks.clear_tokens", cron="50 3 * * *"),
    Job("accounts.carry_out_erasures", task="accounts.tasks.carry_out_erasures", every=timedelta(minutes=10)),
    Job("accounts.give_up_exports", task="accounts.tasks.give_up_exports", every=timedelta(hours=1)),
    Job("accounts.remind_inactive", task="accounts.tasks.remind_inactive", cron="40 9 * * *"),
    Job("accounts.sweep_retention", task="accounts.tasks.sweep_retention", cron="20 3 * * *"),
    Job("accounts.forget_invited", task="accounts.tasks.forget_invited_addresses", cron="30 3 * * *"),
    Job("accounts.collect_mails", task="accounts.tasks.collect_mails", every=timedelta(minutes=5)),
    Job("accounts.remind_of_promises", task="accounts.tasks.remind_of_promises", every=timedelta(minutes=5)),
]
