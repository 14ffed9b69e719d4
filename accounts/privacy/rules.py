"""The retention rules of accounts, and of what lies below it and knows no rules."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.customers import merging
from accounts.models import CustomerInvitation, CustomerMerge, Export, StaffInvitation
from accounts.privacy import exports, inactive, keeping
from accounts.privacy.retention import register_rule
from common import idempotency
from common.models import IdempotencyKey
from documents.models import Document
from journal import outbox
from journal.models import OutboxEntry


def register() -> None:
    _register_people()
    _register_desk()
    _register_house()


def _register_people() -> None:
    register_rule(
        inactive.RULE,
        default_days=3 * 365,
        least_days=inactive.LEAST_DAYS,
        most_days=10 * 365,
        label=_("Accounts without a sign-in, a car or a contract"),
        basis=_("GDPR Art. 5(1)(e). Reminded 60 and 14 days before; signing in stops it."),
        sweep=inactive.plan_unused,
        count=inactive.count_unused,
    )
    register_rule(
        exports.RULE,
        default_days=7,
        least_days=1,
        most_days=30,
        label=_("Copies of one's own data, once they are ready"),
        basis=_("GDPR Art. 5(1)(f): no longer than fetching them takes."),
        sweep=_expire_exports,
        count=_count_exports,
    )
    register_rule(
        "accounts.locked",
        default_days=0,
        label=_("Locked records of people who left, after their last day"),
        basis=_("AO § 147, HGB § 257, BGB § 195: each record carries its own last day."),
        sweep=_erase_locked,
        count=_count_locked,
    )


def _register_desk() -> None:
    register_rule(
        "accounts.merges",
        default_days=merging.UNDO_WITHIN.days,
        label=_("What undoing a merge of two customers needs"),
        basis=_("GDPR Art. 5(1)(e): a merge can be undone for 30 days."),
        sweep=_forget_merges,
        count=_count_merges,
    )
    register_rule(
        "accounts.invitations",
        default_days=90,
        least_days=7,
        most_days=365,
        label=_("Addresses of invited colleagues and customers, after the answer or the end"),
        basis=_("GDPR Art. 5(1)(e)"),
        sweep=_forget_invitations,
        count=_count_invitations,
    )


def _register_house() -> None:
    register_rule(
        "journal.delivered",
        default_days=30,
        least_days=7,
        most_days=90,
        label=_("Notes that a message was delivered"),
        basis=_("Needed to find out why somebody did not get a message."),
        sweep=_forget_delivered,
        count=_count_delivered,
    )
    register_rule(
        "common.answers",
        default_days=1,
        label=_("Answers kept for requests that are sent twice"),
        basis=_("Long enough for every retry; also forgotten every hour."),
        sweep=_forget_answers,
        count=_count_answers,
    )
    register_rule(
        "documents.refused",
        default_days=30,
        least_days=1,
        most_days=90,
        label=_("Names of uploads that were refused"),
        basis=_("GDPR Art. 5(1)(e): their content is gone at once."),
        sweep=_forget_refused,
        count=_count_refused,
    )


def _expire_exports(*, days: int, now: datetime, limit: int) -> int:
    return exports.expire_exports(now=now, limit=limit)


def _count_exports(*, days: int, now: datetime) -> int:
    return Export.objects.filter(state=Export.State.READY, expires_at__lte=now).count()


def _erase_locked(*, days: int, now: datetime, limit: int) -> int:
    return keeping.erase_overdue(now=now, limit=limit)


def _count_locked(*, days: int, now: datetime) -> int:
    return keeping.count_overdue(now=now)


def _forget_merges(*, days: int, now: datetime, limit: int) -> int:
    return merging.forget_merges(now=now)


def _count_merges(*, days: int, now: datetime) -> int:
    return CustomerMerge.objects.filter(at__lt=now - timedelta(days=days)).exclude(before={}).count()


def _old_invitations(days: int, now: datetime) -> tuple[QuerySet[Any], ...]:
    """Answered, or expired, for so long, and still with an address."""
    old = now - timedelta(days=days)
    over = Q(closed_at__lt=old) | Q(expires_at__lt=old)
    used = Q(used_at__lt=old) | Q(expires_at__lt=old)
    return (
        StaffInvitation.objects.filter(over).exclude(email=""),
        CustomerInvitation.objects.filter(used),
    )


def _forget_invitations(*, days: int, now: datetime, limit: int) -> int:
    staff, customers = _old_invitations(days, now)
    some = StaffInvitation.objects.filter(pk__in=_some(staff, limit))
    gone = some.update(email="", closed_at=Coalesce("closed_at", Value(now)))
    return gone + CustomerInvitation.objects.filter(pk__in=_some(customers, limit)).delete()[0]


def _some(rows: QuerySet[Any], limit: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def _count_invitations(*, days: int, now: datetime) -> int:
    return sum(rows.count() for rows in _old_invitations(days, now))


def _forget_delivered(*, days: int, now: datetime, limit: int) -> int:
    return outbox.forget_delivered(now=now, keep=timedelta(days=days))


def _count_delivered(*, days: int, now: datetime) -> int:
    done = OutboxEntry.objects.filter(state=OutboxEntry.State.DONE)
    return done.filter(done_at__lt=now - timedelta(days=days)).count()


def _forget_answers(*, days: int, now: datetime, limit: int) -> int:
    return idempotency.forget_answers(now=now)


def _count_answers(*, days: int, now: datetime) -> int:
    return IdempotencyKey.objects.filter(created_at__lt=now - timedelta(days=days)).count()


def _refused(days: int, now: datetime) -> QuerySet[Document]:
    refused = Document.objects.filter(state=Document.State.REFUSED).exclude(name="")
    return refused.filter(created_at__lt=now - timedelta(days=days))


def _forget_refused(*, days: int, now: datetime, limit: int) -> int:
    some = _refused(days, now).order_by("pk").values_list("pk", flat=True)[:limit]
    return Document.objects.filter(pk__in=list(some)).update(name="")


def _count_refused(*, days: int, now: datetime) -> int:
    return _refused(days, now).count()


__all__ = ["register"]
