"""What contracts do by themselves."""

from celery import shared_task
from django.utils import timezone

from subscriptions.usage import entitlements


@shared_task
def release_reservations() -> None:
    """Give back promised rights that nobody used in time."""
    entitlements.release_expired(now=timezone.now())
