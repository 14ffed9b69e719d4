from common.periodic import Job

JOBS = [
    Job(
        "subscriptions.release_reservations",
        task="subscriptions.tasks.release_reservations",
        cron="20 4 * * *",
    ),
]
