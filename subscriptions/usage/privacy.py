"""The usage part of a person's data: what was reported about their contracts.

Records prove bills until claims lapse (BGB §195, §199); then nobody needs them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy.parts import Attached, Fate, PersonalData, Sheet, register_part
from accounts.privacy.retention import register_rule
from subscriptions.models import Meter, Reservation, UsageConflict, UsageRecord, UsageSource

Row = dict[str, Any]


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("usage", _("What was used under your contracts"), lambda: _records(user), table=True)


def _records(user: User) -> Iterator[Row]:
    records = UsageRecord.objects.filter(contract__holder=user).select_related("source", "contract")
    for record in records.order_by("used_at", "pk").iterator():
        yield {
            "contract": record.contract.code if record.contract else None,
            "reported_by": record.source.name,
            "id": record.external_id,
            "unit": record.unit,
            "quantity": record.quantity,
            "used": record.used_at,
            "received": record.received_at,
        }


def lock(*, user: User, now: datetime) -> None:
    """Records hang on contracts, which point at an empty shell from now on: nothing names the person."""


def _lapsed(days: int, now: datetime) -> QuerySet[UsageRecord]:
    """Originals whose corrections are as old: they go together."""
    before = now - timedelta(days=days)
    young = UsageRecord.objects.filter(corrects__isnull=False, received_at__gte=before).values("corrects")
    return UsageRecord.objects.filter(corrects__isnull=True, received_at__lt=before).exclude(pk__in=young)


def _forget_records(*, days: int, now: datetime, limit: int) -> int:
    some = list(_lapsed(days, now).values_list("pk", flat=True)[:limit])
    with transaction.atomic():
        UsageConflict.objects.filter(record__in=some).delete()
        UsageRecord.objects.filter(corrects__in=some).delete()
        return UsageRecord.objects.filter(pk__in=some).delete()[0]


def _count_records(*, days: int, now: datetime) -> int:
    return _lapsed(days, now).count()


KEPT: dict[type[models.Model], Fate] = dict.fromkeys(
    (UsageRecord, UsageConflict, UsageSource, Meter, Reservation), Fate.KEPT
)
register_part(
    PersonalData(
        name="usage",
        label=_("Usage"),
        models=KEPT,
        export=export,
        erase=lock,
        place=62,
        stays=_("What was used under your contracts, without your name, as long as bills rest on it."),
    )
)
register_rule(
    "subscriptions.usage",
    default_days=4 * 366,
    least_days=4 * 366,
    most_days=11 * 366,
    label=_("Reports of what was used: swaps, charging, car sharing"),
    basis=_("BGB §§ 195, 199: bills may be disputed for three years after the end of the year."),
    sweep=_forget_records,
    count=_count_records,
)
