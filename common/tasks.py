"""Background work of the common ground."""

from celery import shared_task
from django.utils import timezone

from common import idempotency


@shared_task
def forget_answers() -> None:
    idempotency.forget_answers(now=timezone.now())
