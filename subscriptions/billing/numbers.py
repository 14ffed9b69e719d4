"""The series that number documents: what stands before a number, and where counting begins."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed
from journal import log
from subscriptions.billing.issuing import DIGITS
from subscriptions.billing.vat import KEEP_BOOKS
from subscriptions.models import Invoice, NumberSeries

_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9/.-]{0,10}[-/.]")


def has_begun(series: NumberSeries) -> bool:
    """Whether a document carries a number of this series."""
    return Invoice.objects.filter(series=series).exists()


def title(series: NumberSeries) -> str:
    """What the series numbers, in words."""
    return str({"invoice": _("Invoices"), "credit": _("Credit notes")}.get(series.code, series.code))


def preview(series: NumberSeries) -> str:
    """The number that the next document gets."""
    return f"{series.prefix}{series.last_number + 1:0{DIGITS}d}"


def change_series(
    *, by: User, series: NumberSeries, prefix: str, next_number: int, now: datetime
) -> NumberSeries:
    """Another prefix and first number, while no document has a number of this series.

    Afterwards nothing changes: the numbers of a series are one row without a gap (UStG §14(4) no. 4).
    Raises NotAllowed, Invalid beside its field, Conflict once a number was given.
    """
    if not by.has_permission(KEEP_BOOKS):
        raise NotAllowed(_("Only who keeps the books changes number series."))
    prefix = prefix.strip().upper()
    if not _PREFIX.fullmatch(prefix):
        raise Invalid(
            _("Letters and digits, at the end one of - / . as in RE- or 2027/."),
            code="prefix_wrong",
            field="prefix",
        )
    if not 1 <= next_number < 10**DIGITS:
        raise Invalid(_("The first number is from 1 to 999999."), code="number_wrong", field="next_number")
    with transaction.atomic():
        held = NumberSeries.objects.select_for_update().get(pk=series.pk)
        if has_begun(held):
            raise Conflict(_("Documents carry numbers of this series already."), code="series_begun")
        if NumberSeries.objects.exclude(pk=held.pk).filter(prefix=prefix).exists():
            raise Conflict(_("Another series has this prefix."), code="prefix_taken", field="prefix")
        held.prefix, held.last_number = prefix, next_number - 1
        held.save(update_fields=["prefix", "last_number"])
        log.record(
            "subscriptions.number_series_changed", by=by, subject=held, data={"series": held.code}, at=now
        )
    return held
