"""What the workshop does by itself."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from services.centres import closing
from services.models import Centre

YEAR = timedelta(days=366)


@shared_task
def write_public_holidays() -> None:
    """The next twelve months of every centre; what is written already stays as it is."""
    for centre in Centre.objects.open_to_owners():
        today = timezone.localdate(timezone=centre.zone)
        closing.close_on_public_holidays(centre=centre, first_day=today, last_day=today + YEAR)
