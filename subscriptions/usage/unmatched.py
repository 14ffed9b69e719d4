"""Reports that nobody's contract bears, and reports that contradict each other: for a person to look at."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.codes import parse_code
from common.errors import Conflict, Invalid, NotAllowed
from journal import log
from subscriptions.models import Contract, UsageRecord
from subscriptions.usage import metering

DESK = "subscriptions.view_desk"


def assign_record(*, by: User, record: UsageRecord, contract_number: str, now: datetime) -> UsageRecord:
    """Count an unmatched record on a contract that includes its unit on its day.

    Raises NotAllowed, Conflict when somebody was faster, Invalid when the contract does not fit.
    """
    if not by.has_permission(DESK):
        raise NotAllowed(_("Assigning usage is not among your tasks."))
    code = parse_code(contract_number)
    contract = Contract.objects.filter(code=code).first() if code else None
    if contract is None:
        raise Invalid(_("There is no contract with this number."), field="contract")
    with transaction.atomic():
        locked = UsageRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
        if locked.contract_id is not None:
            raise Conflict(_("Somebody has assigned this report already."), code="already_assigned")
        if not metering.count_on(locked, contract=contract, now=now):
            raise Invalid(
                _("This contract does not include that on %(day)s.")
                % {"day": civil.local_date(locked.used_at).strftime("%d.%m.%Y")},
                field="contract",
            )
        log.record(
            "subscriptions.usage_assigned",
            by=by,
            subject=contract,
            data={"code": contract.code, "unit": locked.unit},
            at=now,
        )
    return locked
