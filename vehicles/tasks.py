"""Background work of the garage: each task makes one call and may run at any time, many times."""

from celery import shared_task
from django.utils import timezone

from vehicles import sharing, transfers, whole_garage


@shared_task
def expire_transfers() -> None:
    transfers.expire_transfers(now=timezone.now())


@shared_task
def expire_shares() -> None:
    sharing.expire_shares(now=timezone.now())


@shared_task
def expire_garages() -> None:
    whole_garage.expire_garages(now=timezone.now())
