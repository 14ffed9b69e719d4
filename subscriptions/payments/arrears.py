"""What unpaid invoices restrict: comfort, never the battery (BGH XII ZR 89/21)."""

from datetime import datetime

from common.civil import local_date
from subscriptions.models import Contract, OpenItem, Plan

NEVER_RESTRICTED = (Plan.Kind.BATTERY, Plan.Kind.ROADSIDE)


def restricts(contract: Contract, now: datetime) -> bool:
    """Whether the holder's arrears stop new services of this contract.

    Only after the second reminder, only what is due in Berlin's calendar, and nothing that is held. A
    battery is never locked, and help at the roadside is given.
    """
    if contract.plan.kind in NEVER_RESTRICTED:
        return False
    items = OpenItem.objects.filter(
        open_cents__gt=0,
        due_on__lt=local_date(now),
        level__gte=OpenItem.Level.SECOND,
        on_hold_because="",
    )
    if contract.organisation_id is not None:
        return items.filter(account__organisation=contract.organisation_id).exists()
    return items.filter(account__holder=contract.holder_id).exists()
