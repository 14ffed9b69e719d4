from datetime import timedelta

from common.periodic import Job

JOBS = [
    Job("services.expire_holds", task="services.tasks.expire_holds", every=timedelta(minutes=1)),
    Job("services.offer_free_times", task="services.tasks.offer_free_times", every=timedelta(minutes=15)),
    # Once a week is enough: nothing is bookable further ahead than the twelve months it writes.
    Job("services.write_public_holidays", task="services.tasks.write_public_holidays", cron="40 3 * * 1"),
    Job("services.warn_of_expiring_qualifications", task="services.tasks.warn_of_expiry", cron="15 6 * * *"),
    Job("services.remind_of_visits", task="services.tasks.remind_of_visits", every=timedelta(minutes=5)),
    Job("services.tell_of_campaigns", task="services.tasks.tell_of_campaigns", every=timedelta(minutes=5)),
    Job("services.remind_of_upkeep", task="services.tasks.remind_of_upkeep", cron="10 9 * * *"),
    Job("services.offer_wheel_changes", task="services.tasks.offer_wheel_changes", cron="20 9 * * *"),
    Job("services.hold_late_cars", task="services.tasks.hold_late_cars", every=timedelta(minutes=15)),
    Job("services.expire_estimates", task="services.tasks.expire_estimates", every=timedelta(minutes=5)),
]
