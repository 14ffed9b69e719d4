"""On which day something is booked: never in a month that is closed."""

from datetime import date

from subscriptions.contracts import terms
from subscriptions.models import MonthClose


def open_day(day: date) -> date:
    """The day itself, or the first one after the last closed month."""
    last = MonthClose.objects.order_by("-month").values_list("month", flat=True).first()
    return day if last is None else max(day, terms.add_months(last, 1))
