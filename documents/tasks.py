"""Background work on documents: each task makes one call and may run at any time, many times."""

from celery import shared_task
from django.utils import timezone

from documents import retention


@shared_task
def erase_due() -> None:
    retention.erase_due(now=timezone.now())


@shared_task
def sweep_received() -> None:
    retention.sweep_received(now=timezone.now())
