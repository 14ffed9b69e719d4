"""Closing a month: from then on the database takes no booking in it or before (AO §146(4))."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, NotAllowed
from journal import log
from subscriptions.books import reading
from subscriptions.models import MonthClose

PERMISSION = "subscriptions.keep_books"


def close_month(*, by: User, month: date, now: datetime) -> MonthClose:
    """Close a whole month that is over, whatever day of it is given. Months are closed in order of time.

    Raises NotAllowed, Conflict when it is not over, or closed already (or a later one is).
    """
    if not by.has_permission(PERMISSION):
        raise NotAllowed(_("Only who keeps the books closes months."))
    first, end = reading.month_span(month)
    if local_date(now) < end:
        raise Conflict(_("This month is not over yet."), code="month_running")
    with transaction.atomic():
        last = MonthClose.objects.order_by("-month").first()
        if last is not None and last.month >= first:
            raise Conflict(_("This month is closed already."), code="month_closed")
        closed = MonthClose.objects.create(month=first, closed_at=now, by=by)
        log.record(
            "subscriptions.month_closed", by=by, subject=closed, data={"month": first.isoformat()}, at=now
        )
    return closed


def last_closed() -> date | None:
    """The first day of the last closed month."""
    return MonthClose.objects.order_by("-month").values_list("month", flat=True).first()
