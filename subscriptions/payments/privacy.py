"""The money's part of a person's data: bank accounts and what was paid.

The law wants books kept for ten years (AO §147(3), HGB §257(4)); then names and account numbers go.
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
from subscriptions.models import (
    Allocation,
    BankFile,
    BankLine,
    DebitFile,
    Mandate,
    Payment,
    Refund,
    Reminder,
)
from subscriptions.payments import debtors, mandates

Row = dict[str, Any]
TEN_YEARS = 3653  # days
FORGOTTEN = "–"


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("mandates", _("Your SEPA mandates"), lambda: _mandates(user))
    yield Sheet("payments", _("Your payments"), lambda: _payments(user), table=True)


def _mandates(user: User) -> Iterator[Row]:
    for mandate in Mandate.objects.filter(account__holder=user).order_by("pk"):
        yield {
            "reference": mandate.reference,
            "account_holder": mandate.debtor,
            "iban": mandate.iban,
            "signed": mandate.signed_at,
            "last_collected": mandate.last_used_on,
            "ended": mandate.revoked_at,
        }


def _payments(user: User) -> Iterator[Row]:
    rows = Payment.objects.filter(account__holder=user).select_related("invoice")
    for payment in rows.order_by("pk").iterator():
        yield {
            "method": payment.get_method_display(),
            "state": payment.get_state_display(),
            "cents": payment.cents,
            "currency": payment.currency,
            "invoice": payment.invoice.code if payment.invoice else None,
            "collected": payment.collect_on,
            "received": payment.received_on,
            "reason": payment.reason,
        }


def end_mandates(*, user: User, now: datetime) -> None:
    """Nothing more is collected from whoever left; what was paid stays in the books."""
    for mandate in Mandate.objects.filter(account__holder=user, revoked_at__isnull=True):
        with transaction.atomic():
            account = debtors.lock_account(mandate.account_id)
            held = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
            if held.revoked_at is None:
                mandates.end(held, account=account, by=None, cause="revoked", now=now)


def _old_mandates(days: int, now: datetime) -> QuerySet[Mandate]:
    return Mandate.objects.filter(revoked_at__lt=now - timedelta(days=days)).exclude(iban=FORGOTTEN)


def _old_lines(days: int, now: datetime) -> QuerySet[BankLine]:
    rows = BankLine.objects.exclude(state=BankLine.State.OPEN).exclude(name=FORGOTTEN)
    return rows.filter(booked_on__lt=(now - timedelta(days=days)).date())


def _forget(*, days: int, now: datetime, limit: int) -> int:
    old = list(_old_mandates(days, now).values_list("pk", flat=True)[:limit])
    Mandate.objects.filter(pk__in=old).update(iban=FORGOTTEN, debtor=FORGOTTEN, bic="")
    lines = list(_old_lines(days, now).values_list("pk", flat=True)[:limit])
    BankLine.objects.filter(pk__in=lines).update(iban="", name=FORGOTTEN, text="")
    return len(old) + len(lines)


def _count(*, days: int, now: datetime) -> int:
    return _old_mandates(days, now).count() + _old_lines(days, now).count()


KEPT: dict[type[models.Model], Fate] = dict.fromkeys(
    (Mandate, Payment, Allocation, BankFile, BankLine, Refund, Reminder, DebitFile), Fate.KEPT
)
register_part(
    PersonalData(
        name="payments",
        label=_("Payments"),
        models=KEPT,
        export=export,
        erase=end_mandates,
        place=64,
        stays=_(
            "What you paid and by which mandate: locked for ten years, because tax and commercial law want "
            "it (AO § 147, HGB § 257)."
        ),
    )
)
register_rule(
    "subscriptions.bank_data",
    default_days=TEN_YEARS + 366,
    least_days=TEN_YEARS,
    most_days=TEN_YEARS + 3 * 366,
    label=_("Names and account numbers of ended mandates and of bank statements"),
    basis=_("AO § 147(3), HGB § 257(4): the books are kept for ten years."),
    sweep=_forget,
    count=_count,
)
