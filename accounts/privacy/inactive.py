"""Accounts that nobody uses: their people are asked twice, then the account is erased."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateField, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import Erasure, User
from accounts.privacy import erasing, parts
from common.civil import BERLIN, local_date
from journal import log

RULE = "accounts.inactive"
FIRST_WORD = 60  # days before
LAST_WORD = 14  # days before
LEAST_DAYS = 365
LONG_AWAY = timedelta(days=LEAST_DAYS - FIRST_WORD)  # nobody is reminded sooner


def note_use(*, user: User, now: datetime) -> None:
    """Remember the Berlin day on which somebody used their account; once a day, else no query.

    Coming back after long calls a planned erasure off.
    """
    today = local_date(now)
    if user.last_seen_on == today:
        return
    before = user.last_seen_on or local_date(user.date_joined)
    User.objects.filter(pk=user.pk).update(last_seen_on=today)
    user.last_seen_on = today
    if today - before >= LONG_AWAY:
        erasing.note_return(user=user, now=now)


def unused(*, days: int, now: datetime) -> QuerySet[User]:
    """Accounts without a request for ``days`` (less the first reminder's time), none planned yet."""
    before = local_date(now) - timedelta(days=days - FIRST_WORD)
    joined = TruncDate("date_joined", tzinfo=BERLIN, output_field=DateField())
    return (
        User.objects.filter(standing=User.Standing.ACCOUNT, is_active=True)
        .annotate(used_on=Coalesce(F("last_seen_on"), joined))
        .filter(used_on__lte=before)
        .exclude(Exists(Erasure.objects.open().filter(user=OuterRef("pk"))))
        .order_by("pk")
    )


def plan_unused(*, days: int, now: datetime, limit: int) -> int:
    """Plan the erasure of unused accounts, 60 days ahead, and remind of it; how many were planned.

    Who has a running contract or a car is left alone.
    """
    planned = 0
    for user in unused(days=days, now=now).iterator(200):
        if planned >= limit:
            break
        if parts.holds_of(user=user, now=now):
            continue
        erasing.plan_for_inactive(user=user, days=FIRST_WORD, now=now)
        planned += 1
    return planned


def count_unused(*, days: int, now: datetime) -> int:
    """How many accounts are unused for that long; some of them may hold a car or a contract."""
    return unused(days=days, now=now).count()


def remind_again(*, now: datetime) -> int:
    """The second word, 14 days before; how many people got it."""
    soon = Erasure.objects.open().filter(
        reason=Erasure.Reason.INACTIVE, reminded_at__isnull=True, due_at__lte=now + timedelta(days=LAST_WORD)
    )
    count = 0
    for pk in list(soon.values_list("pk", flat=True)):
        with transaction.atomic():
            erasure = soon.select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()
            if erasure is None:
                continue
            erasure.reminded_at = now
            erasure.save(update_fields=["reminded_at"])
            log.record(
                "accounts.erasure_near",
                by=None,
                subject=erasure.user,
                data={"due_at": erasure.due_at.isoformat()},
                audience=[erasure.user],
                at=now,
            )
            count += 1
    return count


__all__ = [
    "FIRST_WORD",
    "LAST_WORD",
    "LEAST_DAYS",
    "RULE",
    "count_unused",
    "note_use",
    "plan_unused",
    "remind_again",
    "unused",
]
