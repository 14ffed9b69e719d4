"""What the workshop does by itself."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from common import civil
from services.booking import waitlist
from services.centres import closing
from services.desk import late_cars, tyres
from services.estimates import sending
from services.models import Centre
from services.upkeep import recalls, reminding
from services.visits import reminders
from services.work import qualifications

YEAR = timedelta(days=366)


@shared_task
def write_public_holidays() -> None:
    """The next twelve months of every centre; what is written already stays as it is."""
    for centre in Centre.objects.open_to_owners():
        now = timezone.now()
        today = civil.local_date(now, centre.zone)
        closing.close_on_public_holidays(centre=centre, first_day=today, last_day=today + YEAR, now=now)


@shared_task
def warn_of_expiry() -> None:
    """Technicians and their centre hear 60 days before a qualification runs out."""
    qualifications.warn_of_expiry(now=timezone.now())


@shared_task
def offer_wheel_changes() -> None:
    """Owners of stored wheels hear when their season begins."""
    tyres.offer_changes(now=timezone.now())


@shared_task
def hold_late_cars() -> None:
    """Loan cars that are not back: whoever was to get them next is warned."""
    late_cars.hold_late_cars(now=timezone.now())


@shared_task
def expire_estimates() -> None:
    """Estimates that nobody decided in time are closed, and both sides hear of it."""
    sending.expire_due(now=timezone.now())


@shared_task
def remind_of_visits() -> None:
    """Owners hear of their visit a day before."""
    reminders.remind_due(now=timezone.now())


@shared_task
def tell_of_campaigns() -> None:
    """Owners hear of published recalls and campaigns; who can't be reached stands in a list."""
    now = timezone.now()
    recalls.tell_owners(now=now)
    recalls.mark_unreached(now=now)


@shared_task
def remind_of_upkeep() -> None:
    """Owners hear what their cars are due for, once for each due date."""
    reminding.remind_owners(now=timezone.now())


@shared_task
def offer_free_times() -> None:
    """Earlier times are offered to those who wait, however they came free."""
    waitlist.offer_everywhere(now=timezone.now())


@shared_task
def expire_holds() -> None:
    """Times kept too long are free again, and offered to those who wait for one."""
    waitlist.expire_and_offer(now=timezone.now())
