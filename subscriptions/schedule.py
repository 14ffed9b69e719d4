from common.periodic import Job

JOBS = [
    Job(
        "subscriptions.release_reservations",
        task="subscriptions.tasks.release_reservations",
        cron="20 4 * * *",
    ),
    Job(
        "subscriptions.remind_of_invoices", task="subscriptions.tasks.remind_of_invoices", cron="10 8 * * 1-5"
    ),
    Job("subscriptions.bill_due", task="subscriptions.tasks.bill_due", cron="15 3 * * *"),
    Job("subscriptions.lapse_mandates", task="subscriptions.tasks.lapse_mandates", cron="40 4 * * *"),
]
