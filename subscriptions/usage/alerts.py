"""Telling the holder when four fifths, and when all of an allowance is used: each once a period."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from journal import log
from subscriptions.contracts import holders
from subscriptions.models import Contract, Meter
from subscriptions.usage import allowances

MARKS = (100, 80)  # percent


class MeterState(NamedTuple):
    """A meter after something was added."""

    pk: int
    contract_id: int
    unit: str
    period: Any
    used: Decimal
    alerted_percent: int


def alert(meters: list[MeterState], components: dict[int, list[dict[str, Any]]], now: datetime) -> None:
    """Record ``subscriptions.allowance_used`` for each mark that was passed; runs in the transaction of
    what was used, under the meters' locks."""
    for meter in meters:
        mark = _passed(meter, components[meter.contract_id])
        if mark <= meter.alerted_percent:
            continue
        Meter.objects.filter(pk=meter.pk).update(alerted_percent=mark)
        contract = Contract.objects.select_related("holder", "organisation").get(pk=meter.contract_id)
        log.record(
            "subscriptions.allowance_used",
            by=None,
            subject=contract,
            data={"code": contract.code, "unit": meter.unit, "percent": mark},
            audience=holders.people_of(contract),
            at=now,
        )


def _passed(meter: MeterState, components: list[dict[str, Any]]) -> int:
    allowance = allowances.allowance_of(components, meter.unit)
    if allowance is None or not allowance.included:
        return 0
    percent = allowances.percent_used(allowance, meter.used)
    return next((mark for mark in MARKS if percent >= mark), 0)
