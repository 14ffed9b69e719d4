"""When the garage tidies up. Access ends at its instant without this: queries ask the clock."""

from datetime import timedelta

from common.periodic import Job

JOBS = [
    Job("vehicles.expire_transfers", task="vehicles.tasks.expire_transfers", every=timedelta(minutes=5)),
    Job("vehicles.expire_shares", task="vehicles.tasks.expire_shares", every=timedelta(minutes=1)),
    Job("vehicles.expire_garages", task="vehicles.tasks.expire_garages", every=timedelta(minutes=5)),
]
