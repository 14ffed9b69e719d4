"""Metering: reports of use, each counted once, added up per contract, unit and period."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from common import civil, realtime
from common.errors import Invalid
from subscriptions.billing.periods import Period
from subscriptions.models import Contract, UsageConflict, UsageRecord, UsageSource
from subscriptions.usage import alerts, matching, readings
from subscriptions.usage.readings import Reading, Refused

LARGEST_BATCH = 5000
LIVE_UP_TO = 50  # contracts: a larger batch is no news that somebody waits for
TOPIC = "meter"  # meter:<contract id>


class Refusal(NamedTuple):
    """Which report (by its place in the batch) was refused, and why."""

    place: int
    external_id: str
    code: str
    field: str
    detail: str


@dataclass
class Outcome:
    """What became of a batch: counted in readings, refused in reports."""

    accepted: int = 0
    repeated: int = 0
    unmatched: int = 0
    refused: list[Refusal] = field(default_factory=list)
    sums: "Sums" = field(default_factory=lambda: defaultdict(Decimal), repr=False)
    components: dict[int, list[dict[str, Any]]] = field(default_factory=dict, repr=False)

    def add(self, bearer: matching.Bearer, reading: Reading, quantity: Decimal) -> None:
        """To the meter of the reading's period."""
        period = matching.period_of(bearer, reading)
        self.sums[Counted(bearer.contract_id, reading.unit, period)] += quantity
        self.components[bearer.contract_id] = bearer.components


class Counted(NamedTuple):
    """What is to be added to a meter."""

    contract_id: int
    unit: str
    period: Period


Sums = dict[Counted, Decimal]


def report_usage(*, source: UsageSource, reports: Sequence[Any], now: datetime) -> Outcome:
    """Count a batch of reports in one transaction: all that can be taken are, the others are named.

    Idempotent per source and id: the same report again changes nothing, another content under a known
    id is refused and shown to staff. Raises Invalid for a batch above 5,000 reports.
    """
    if len(reports) > LARGEST_BATCH:
        raise Invalid(
            _("At most %(n)s reports at once.") % {"n": LARGEST_BATCH},
            code="batch_too_large",
            field="reports",
        )
    outcome = Outcome()
    placed = _read(reports, outcome, now)
    known = matching.bearers_of([reading for _place, reading in placed])
    with transaction.atomic():
        plain = [(place, reading) for place, reading in placed if not reading.corrects]
        _count(source, plain, known, outcome, now)
        for place, reading in placed:
            if reading.corrects:
                _correct(source, place, reading, outcome, now)
        _add_up(outcome, now)
        UsageSource.objects.filter(pk=source.pk).update(last_used_at=now)
    outcome.refused.sort()
    return outcome


def _read(reports: Sequence[Any], outcome: Outcome, now: datetime) -> list[tuple[int, Reading]]:
    placed = []
    for place, report in enumerate(reports):
        try:
            placed += [(place, reading) for reading in readings.read(report, now=now)]
        except Refused as why:
            number = report.get("id") if isinstance(report, dict) else ""
            shown = number[: readings.LONGEST_ID] if isinstance(number, str) else ""
            outcome.refused.append(Refusal(place, shown, why.code, why.field, why.detail))
    return placed


_INSERT = """
INSERT INTO subscriptions_usagerecord
  (source_id, external_id, fingerprint, unit, quantity, used_at, contract_id, received_at)
SELECT %s, r.*, %s FROM unnest(
  %s::text[], %s::text[], %s::text[], %s::numeric[], %s::timestamptz[], %s::bigint[]
) r
ON CONFLICT (source_id, external_id) DO NOTHING
RETURNING external_id
"""


def _count(
    source: UsageSource,
    placed: list[tuple[int, Reading]],
    known: matching.Known,
    outcome: Outcome,
    now: datetime,
) -> None:
    first: dict[str, tuple[int, Reading]] = {}
    again = []
    for place, reading in placed:
        if first.setdefault(reading.external_id, (place, reading)) != (place, reading):
            again.append((place, reading))
    # In one order for all: two batches with the same ids wait for each other, never crosswise.
    new = [first[number][1] for number in sorted(first)]
    bearers = {reading.external_id: matching.bearer_of(reading, known) for reading in new}
    numbers = [bearer.contract_id if bearer else None for bearer in bearers.values()]
    columns: list[list[Any]] = [
        [reading.external_id for reading in new],
        [reading.fingerprint for reading in new],
        [reading.unit for reading in new],
        [reading.quantity for reading in new],
        [reading.used_at for reading in new],
        numbers,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [source.pk, now, *columns])
        inserted = {number for (number,) in cursor.fetchall()}
    outcome.accepted += len(inserted)
    for number in inserted:
        reading, bearer = first[number][1], bearers[number]
        if bearer is None:
            outcome.unmatched += 1
        else:
            outcome.add(bearer, reading, reading.quantity)
    again += [first[number] for number in first if number not in inserted]
    _look_again(source, again, outcome, now)


def _look_again(
    source: UsageSource, again: list[tuple[int, Reading]], outcome: Outcome, now: datetime
) -> None:
    """Known ids: the same content is fine, another one is refused and kept for staff."""
    if not again:
        return
    numbers = {reading.external_id for _place, reading in again}
    rows = UsageRecord.objects.filter(source=source, external_id__in=numbers)
    known = {record.external_id: record for record in rows}
    conflicts = []
    for place, reading in again:
        record = known[reading.external_id]
        if record.fingerprint == reading.fingerprint:
            outcome.repeated += 1
            continue
        outcome.refused.append(
            Refusal(
                place,
                reading.external_id,
                "id_reused",
                "id",
                _("This id was reported before with other content. Send a correction with an id of its own."),
            )
        )
        conflicts.append(
            UsageConflict(
                record=record,
                fingerprint=reading.fingerprint,
                unit=reading.unit,
                quantity=reading.quantity,
                used_at=reading.used_at,
                received_at=now,
            )
        )
    UsageConflict.objects.bulk_create(conflicts, ignore_conflicts=True)


def _correct(source: UsageSource, place: int, reading: Reading, outcome: Outcome, now: datetime) -> None:
    """``quantity`` is what it should have been; what is stored is the difference."""
    mine = UsageRecord.objects.filter(source=source)
    wrong = mine.filter(external_id=reading.corrects, corrects__isnull=True)
    original = wrong.select_for_update(of=("self",)).first()
    if original is None:
        outcome.refused.append(
            Refusal(place, reading.external_id, "not_found", "corrects", _("There is no such report."))
        )
        return
    if mine.filter(external_id=reading.external_id).exists():
        _look_again(source, [(place, reading)], outcome, now)
        return
    stood = original.quantity + sum(each.quantity for each in original.corrections.all())
    difference = reading.quantity - stood
    UsageRecord.objects.create(
        source=source,
        external_id=reading.external_id,
        fingerprint=reading.fingerprint,
        unit=original.unit,
        quantity=difference,
        used_at=original.used_at,
        contract_id=original.contract_id,
        corrects=original,
        received_at=now,
    )
    outcome.accepted += 1
    if original.contract is None:
        outcome.unmatched += 1
        return
    _add_difference(original, original.contract, difference, outcome)


def _add_difference(record: UsageRecord, contract: Contract, difference: Decimal, outcome: Outcome) -> bool:
    """To the meter of the record's contract and period; False when that does not include its unit."""
    whole = Reading("", record.unit, record.quantity, record.used_at, contract.code, "", "")
    bearer = matching.bearer_of(whole, matching.bearers_of([whole]))
    if bearer is None:
        return False
    outcome.add(bearer, whole, difference)
    return True


def count_on(record: UsageRecord, *, contract: Contract, now: datetime) -> bool:
    """Give a record that nobody bore to a contract, its corrections included; the caller holds its lock.

    False, and nothing done, when the contract does not include its unit on its day.
    """
    outcome = Outcome()
    quantity = record.quantity + sum(each.quantity for each in record.corrections.all())
    if not _add_difference(record, contract, quantity, outcome):
        return False
    UsageRecord.objects.filter(Q(pk=record.pk) | Q(corrects=record)).update(contract=contract)
    _add_up(outcome, now)
    return True


_ADD = """
INSERT INTO subscriptions_meter (contract_id, unit, period, used, reserved, alerted_percent)
SELECT m.*, 0, 0 FROM unnest(%s::bigint[], %s::text[], %s::daterange[], %s::numeric[]) m
ON CONFLICT (contract_id, unit, period) DO UPDATE SET used = subscriptions_meter.used + excluded.used
RETURNING id, contract_id, unit, period, used, alerted_percent
"""


def _add_up(outcome: Outcome, now: datetime) -> None:
    """Meters in one order for all; whose allowance runs out hears of it."""
    if not outcome.sums:
        return
    ordered = sorted(outcome.sums)
    columns: list[list[Any]] = [
        [each.contract_id for each in ordered],
        [each.unit for each in ordered],
        [Range(*each.period, "[)") for each in ordered],
        [outcome.sums[each] for each in ordered],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, columns)
        meters = [alerts.MeterState(*row) for row in cursor.fetchall()]
    # An ended contract is billed no more unless something came late.
    Contract.objects.filter(pk__in=outcome.components, next_bill_on=None).update(
        next_bill_on=civil.local_date(now)
    )
    alerts.alert(meters, outcome.components, now)
    if len(outcome.components) <= LIVE_UP_TO:
        for meter in meters:
            realtime.push(
                f"{TOPIC}:{meter.contract_id}",
                {"type": "meter.changed", "id": meter.contract_id, "version": meter.pk},
            )
