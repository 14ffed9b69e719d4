"""Which account of the books has which number at the tax adviser's."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotAllowed
from journal import log
from subscriptions.books.closing import PERMISSION
from subscriptions.models import LedgerAccount


def change_numbers(*, by: User, numbers: Mapping[str, str], now: datetime) -> None:
    """Write the numbers by account code; empty takes one away. Raises NotAllowed."""
    if not by.has_permission(PERMISSION):
        raise NotAllowed(_("Only who keeps the books changes its accounts."))
    with transaction.atomic():
        for account in LedgerAccount.objects.select_for_update().filter(code__in=numbers).order_by("pk"):
            if account.datev_number != numbers[account.code]:
                account.datev_number = numbers[account.code]
                account.save(update_fields=["datev_number"])
                log.record(
                    "subscriptions.account_mapped",
                    by=by,
                    subject=account,
                    data={"code": account.code},
                    at=now,
                )
