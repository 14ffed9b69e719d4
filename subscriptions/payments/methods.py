"""How an account pays, and what of its payments a person sees."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid
from journal import log
from subscriptions.models import BillingAccount, Payment
from subscriptions.payments import debtors, mandates


def payments_of(user: User) -> QuerySet[Payment]:
    """Payments of one's own account and of organisations that one runs, newest first."""
    rows = Payment.objects.filter(account__in=BillingAccount.objects.visible_to(user))
    return rows.select_related("account__organisation", "mandate", "invoice").order_by("-created_at", "-pk")


def choose_method(*, by: User, account: BillingAccount, method: str, now: datetime) -> BillingAccount:
    """Pay by transfer or by direct debit from the next invoice on.

    Raises NotFound for an account of others, Invalid for a way that is none, Conflict for a direct debit
    without a mandate.
    """
    if method not in (BillingAccount.PayBy.TRANSFER, BillingAccount.PayBy.DEBIT):
        raise Invalid(_("There is no such way to pay."), code="method_unknown", field="method")
    debtors.require_account(by=by, account=account)
    with transaction.atomic():
        held = debtors.lock_account(account.pk)
        if method == BillingAccount.PayBy.DEBIT and mandates.active_mandate(held) is None:
            raise Conflict(_("Please sign a mandate first."), code="mandate_missing")
        if held.pay_by != method:
            held.pay_by = method
            held.save(update_fields=["pay_by"])
            log.record(
                "subscriptions.pay_by_changed",
                by=by,
                subject=held,
                data={"method": method},
                audience=debtors.people_of(held),
                at=now,
            )
    return held
