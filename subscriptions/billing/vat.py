"""Which rate of VAT counts: the one of the day on which a service is completed (UStG §13, §27(1))."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, Invalid, NotAllowed
from journal import log
from subscriptions.models import InvoiceLine, NumberSeries, VatRate

KEEP_BOOKS = "subscriptions.keep_books"
EARLIEST = date(2007, 1, 1)  # the rate of 19 % began


class Rates:
    """All rates, read once: ``on(code, day)``."""

    def __init__(self, rows: list[tuple[str, date, Decimal]]) -> None:
        self._by_code: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        for code, day, rate in sorted(rows, key=lambda row: row[1], reverse=True):
            self._by_code[code].append((day, rate))

    def on(self, code: str, day: date) -> Decimal:
        """The rate in force on a civil day (Berlin). Raises LookupError where none is known."""
        for valid_from, rate in self._by_code[code]:
            if valid_from <= day:
                return rate
        raise LookupError(f"no VAT rate {code!r} on {day}")


def read_rates() -> Rates:
    """One query."""
    return Rates(list(VatRate.objects.values_list("code", "valid_from", "rate")))


def add_rate(*, by: User, code: str, valid_from: date, rate: Decimal, now: datetime) -> VatRate:
    """A rate (0.190 for 19 %) from a civil day (Berlin) on. What it changes in running periods is
    billed as a difference by the next run (UStG §27(1)).

    Raises NotAllowed, Invalid beside its field, Conflict for a day that has a rate of this kind, or
    for a past day after which something is invoiced already: that would change what was right.
    """
    if not by.has_permission(KEEP_BOOKS):
        raise NotAllowed(_("Only who keeps the books changes rates of VAT."))
    if code not in VatRate.Code.values:
        raise Invalid(_("Please choose a rate."), code="vat_code", field="code")
    if not 0 <= rate < 1 or rate != round(rate, 3):
        raise Invalid(_("A rate is from 0 to 99.9 percent."), code="vat_rate", field="rate")
    if valid_from < EARLIEST:
        raise Invalid(_("This day is too long ago."), code="vat_day", field="valid_from")
    with transaction.atomic():
        _hold_issuing()
        if VatRate.objects.filter(code=code, valid_from=valid_from).exists():
            raise Conflict(_("There is a rate from this day on."), code="vat_rate_exists", field="valid_from")
        if valid_from <= local_date(now) and _billed(code, valid_from).exists():
            raise Conflict(
                _("Services after this day are invoiced already. Please choose a day to come."),
                code="vat_rate_billed",
                field="valid_from",
            )
        row = VatRate.objects.create(code=code, valid_from=valid_from, rate=rate)
        log.record("subscriptions.vat_rate_added", by=by, subject=row, data=_told(row), at=now)
    return row


def withdraw_rate(*, by: User, rate: VatRate, now: datetime) -> None:
    """Take a rate back that has not begun. Raises NotAllowed, Conflict once it holds or was billed with."""
    if not by.has_permission(KEEP_BOOKS):
        raise NotAllowed(_("Only who keeps the books changes rates of VAT."))
    with transaction.atomic():
        _hold_issuing()
        used = _billed(rate.code, rate.valid_from).filter(vat_rate=rate.rate)
        if rate.valid_from <= local_date(now) or used.exists():
            raise Conflict(_("This rate holds already."), code="vat_rate_holds")
        log.record("subscriptions.vat_rate_withdrawn", by=by, subject=rate, data=_told(rate), at=now)
        rate.delete()


def _billed(code: str, day: date) -> QuerySet[InvoiceLine]:
    """Lines whose service is completed on this day or later."""
    return InvoiceLine.objects.filter(vat_code=code, service__endswith__gt=day)


def _hold_issuing() -> None:
    """Whoever issues takes numbers first; so nothing is issued while we look."""
    list(NumberSeries.objects.select_for_update().order_by("code"))


def _told(rate: VatRate) -> dict[str, str]:
    return {"code": rate.code, "from": rate.valid_from.isoformat(), "rate": str(rate.rate)}
