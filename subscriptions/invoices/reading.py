"""Invoices as their people read them: which there are, how each stands, what is open in all."""

from datetime import date
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import format_money
from common.templatetags.typography import short_day
from subscriptions.models import Invoice, OpenItem, Payment

ON_ITS_WAY = (Payment.State.PLANNED, Payment.State.SUBMITTED)


class Standing(NamedTuple):
    """How an invoice stands on a day: ``tone`` as tags have it, ``remedy`` whether its reader can act."""

    tone: str
    words: str
    remedy: bool = False


class Due(NamedTuple):
    """What a person has to pay in all, in cents, and since when the oldest is due."""

    cents: int
    overdue_cents: int
    invoices: int


def invoices_of(user: User, *, year: int | None = None) -> QuerySet[Invoice]:
    """Issued ones, newest first, with all that a list shows in one query."""
    collected = Payment.objects.filter(invoice=OuterRef("pk"), state__in=ON_ITS_WAY).order_by("pk")
    rows = Invoice.objects.visible_to(user).select_related("open_item", "account__organisation")
    rows = rows.annotate(collect_on=Subquery(collected.values("collect_on")[:1]))
    return rows.filter(issued_on__year=year) if year else rows


def years_of(user: User) -> list[int]:
    """Those in which something was issued, the latest first."""
    days = Invoice.objects.visible_to(user).order_by().dates("issued_on", "year", order="DESC")
    return [day.year for day in days]


def due_of(user: User, today: date) -> Due:
    """One query; credit notes that still wait reduce nothing here, they are set off when they are."""
    items = OpenItem.objects.filter(
        invoice__in=Invoice.objects.visible_to(user).order_by().values("pk"), open_cents__gt=0
    )
    found = items.aggregate(
        cents=Sum("open_cents"), late=Sum("open_cents", filter=Q(due_on__lt=today)), count=Count("pk")
    )
    return Due(found["cents"] or 0, found["late"] or 0, found["count"] or 0)


def standing_of(invoice: Invoice, today: date) -> Standing:
    """In words for its reader; ``invoice`` comes from ``invoices_of``."""
    item: OpenItem | None = getattr(invoice, "open_item", None)
    if item is None or item.open_cents == 0:
        settled = _("settled") if invoice.gross_cents <= 0 else _("paid")
        return Standing("good", settled)
    if item.open_cents < 0:
        return Standing("", _("is set off or paid out"))
    amount = format_money(item.open_cents, invoice.currency)
    part = item.open_cents != invoice.gross_cents
    day = getattr(invoice, "collect_on", None)
    if day is not None:
        return Standing("wait", _("is collected on %(day)s") % {"day": short_day(day)})
    said = {"amount": amount, "day": short_day(item.due_on)}
    if item.due_on < today:
        words = _("%(amount)s overdue since %(day)s") if part else _("overdue since %(day)s")
        return Standing("bad", words % said, remedy=True)
    words = _("%(amount)s still open, due on %(day)s") if part else _("due on %(day)s")
    return Standing("wait", words % said, remedy=True)
