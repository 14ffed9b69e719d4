"""What contracts do by themselves."""

from celery import shared_task
from django.utils import timezone

from common.civil import local_date
from subscriptions.billing import runs
from subscriptions.payments import dunning, mandates
from subscriptions.usage import entitlements


@shared_task
def release_reservations() -> None:
    """Give back promised rights that nobody used in time."""
    entitlements.release_expired(now=timezone.now())


@shared_task
def remind_of_invoices() -> None:
    """Remind of what is overdue, on working mornings."""
    dunning.remind_due(now=timezone.now())


@shared_task
def lapse_mandates() -> None:
    """End mandates that nothing was collected by for 36 months."""
    mandates.lapse_unused(now=timezone.now())


@shared_task
def bill_due() -> None:
    """Bill all that is due; days that were missed are healed by it."""
    now = timezone.now()
    runs.bill(until=local_date(now), by=None, now=now)
