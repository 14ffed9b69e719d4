"""The journal's background work: each task makes one call and may run at any time, many times."""

from celery import Task, shared_task
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from common.outage import Outage
from journal import outbox, running, waking

_broker = Outage("broker", pause=10)


@shared_task
def run_subject(subject_id: int) -> None:
    running.run_subject(subject_id)


@shared_task
def deliver_outbox() -> None:
    outbox.deliver_due()


@shared_task
def sweep() -> None:
    """What a lost broker or a killed worker left behind, found by looking at open rows."""
    for subject_id in running.subjects_due():
        running.run_subject(subject_id)
    outbox.deliver_due()


def _send(task: Task, *arguments: int) -> None:
    """A request must not wait for a broker that is away: one short try, then a pause."""
    _broker.attempt(
        lambda: task.apply_async(arguments, retry=False), failures=(KombuError, RedisError, OSError)
    )


def install() -> None:
    """Let what is recorded wake a worker; the sweep finds what this loses."""
    waking.install_wakers(
        waking.Wakers(
            subject=lambda subject_id: _send(run_subject, subject_id),
            outbox=lambda: _send(deliver_outbox),
        )
    )
