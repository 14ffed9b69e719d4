"""Background work of accounts: each task makes one call and may run at any time, many times."""

from celery import shared_task
from django.utils import timezone

from accounts import case_clock, notice_digest


@shared_task
def remind_of_promises() -> None:
    case_clock.remind_of_promises(now=timezone.now())


@shared_task
def collect_mails() -> None:
    notice_digest.collect_due(now=timezone.now())
