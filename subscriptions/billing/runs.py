"""Billing everything due up to a day: planned in ranges of accounts, worked on by any number of workers.

A range is one transaction: a worker that is killed leaves nothing behind, and the next one does
the range from its beginning. An account that cannot be billed is parked with the reason, and the
run goes on.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Sum

from accounts.models import User
from common.civil import local_date
from journal import log
from subscriptions.billing import billing_accounts, buyers, issuing, reading, reconciling, vat
from subscriptions.billing.charges import line_of
from subscriptions.billing.drafts import Draft, Line
from subscriptions.billing.rating import Facts, Terms, rate
from subscriptions.models import BillingAccount, BillingChunk, BillingRun

CHUNK = 1000
CANNOT = (ArithmeticError, LookupError, TypeError, ValueError)  # what rating raises on facts it cannot rate

# A charge waits for an invoice that comes within a month; otherwise it is billed by itself.
DUE = """
SELECT account.id FROM subscriptions_billingaccount account
JOIN subscriptions_contract contract ON contract.holder_id = account.holder_id
WHERE contract.next_bill_on <= %(until)s AND account.parked_at IS NULL
UNION
SELECT account.id FROM subscriptions_billingaccount account
JOIN subscriptions_contract contract ON contract.organisation_id = account.organisation_id
WHERE contract.next_bill_on <= %(until)s AND account.parked_at IS NULL
UNION
SELECT account.id FROM subscriptions_charge charge
JOIN subscriptions_billingaccount account ON account.id = charge.account_id AND account.parked_at IS NULL
WHERE charge.dropped_at IS NULL
  AND NOT EXISTS (SELECT FROM subscriptions_invoiceline line WHERE line.charge_id = charge.id)
  AND NOT EXISTS (
      SELECT FROM subscriptions_contract contract
      WHERE (contract.holder_id = account.holder_id OR contract.organisation_id = account.organisation_id)
        AND contract.next_bill_on > %(until)s AND contract.next_bill_on <= %(until)s + 31)
"""
PLAN = f"""
INSERT INTO subscriptions_billingchunk (run_id, first_account, last_account, invoices, parked)
SELECT %(run)s, min(id), max(id), 0, 0
FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(chunk)s AS place FROM ({DUE}) AS due) AS placed
GROUP BY place
"""  # noqa: S608 (both parts are constants of this module)
WITHOUT_ACCOUNT = """
SELECT DISTINCT holder_id, organisation_id FROM subscriptions_contract contract
WHERE next_bill_on <= %s
  AND NOT EXISTS (SELECT FROM subscriptions_billingaccount mine WHERE mine.holder_id = contract.holder_id)
  AND NOT EXISTS (SELECT FROM subscriptions_billingaccount ours
                  WHERE ours.organisation_id = contract.organisation_id)
"""
MOVE_ON = """
UPDATE subscriptions_contract contract SET next_bill_on = moved.next_on
FROM unnest(%s::bigint[], %s::date[]) AS moved(id, next_on) WHERE contract.id = moved.id
"""


class Progress(NamedTuple):
    """How far a run is; chunks are ranges of accounts."""

    chunks: int
    done: int
    invoices: int
    parked: int


def start_run(*, until: date, by: User | None, now: datetime) -> BillingRun:
    """The open run, or a new one over everything due up to ``until`` (a civil day in Berlin).

    An open run is gone on with, whatever day it was started for: what comes later, the next one bills.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # one planner at a time
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('subscriptions.billing_run'))")
        found = BillingRun.objects.filter(finished_at=None).first()
        if found is not None:
            return found
        with connection.cursor() as cursor:
            cursor.execute(WITHOUT_ACCOUNT, [until])
            billing_accounts.open_accounts(holders=cursor.fetchall(), now=now)
            run = BillingRun.objects.create(until=until, started_at=now, by=by)
            cursor.execute(PLAN, {"run": run.pk, "until": until, "chunk": CHUNK})
        log.record(
            "subscriptions.billing_run_started", by=by, subject=run, data={"until": str(until)}, at=now
        )
    return run


def work_on(*, run: BillingRun, now: datetime, after_each: Callable[[Progress], None] | None = None) -> None:
    """Take ranges until none is left; any number of workers may do so at once. The last one finishes."""
    terms, rates = reading.read_terms(), vat.read_rates()
    while (chunk := _bill_next(run, terms, rates, now)) is not None:
        if after_each is not None:
            after_each(progress(run))
        del chunk
    open_chunks = BillingChunk.objects.filter(run=run, rated_at=None)
    with transaction.atomic():
        # Ranges in other hands are locked; whoever ends last finds none open.
        BillingRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
        if not open_chunks.exists():
            BillingRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=now)


def bill(*, until: date, by: User | None, now: datetime) -> BillingRun:
    """Start (or go on with) a run and do all of it."""
    run = start_run(until=until, by=by, now=now)
    work_on(run=run, now=now)
    run.refresh_from_db()
    return run


def progress(run: BillingRun) -> Progress:
    """How far it is; two queries."""
    chunks = BillingChunk.objects.filter(run=run)
    sums = chunks.aggregate(invoices=Sum("invoices"), parked=Sum("parked"))
    done = chunks.filter(rated_at__isnull=False).count()
    return Progress(chunks.count(), done, sums["invoices"] or 0, sums["parked"] or 0)


def bill_account(*, account: BillingAccount, by: User | None, now: datetime) -> list[int]:
    """Bill one account up to today by itself, as after what had parked it was put right.

    Returns the ids of the documents. A failure parks it again: its reason is in the account.
    """
    until = local_date(now)
    terms, rates = reading.read_terms(), vat.read_rates()
    with transaction.atomic():
        billing_accounts.lock_account(account)
        BillingAccount.objects.filter(pk=account.pk).update(parked_at=None, parked_because="")
        log.record(
            "subscriptions.account_billed_again",
            by=by,
            subject=account,
            data={"number": account.number},
            at=now,
        )
    return _alone(account.pk, until, None, terms, rates, now)


# -- one range --------------------------------------------------------------------------------


def _bill_next(
    run: BillingRun, terms: dict[int, Terms], rates: vat.Rates, now: datetime
) -> BillingChunk | None:
    """Bill the next free range in one transaction, or account by account where the database refuses."""
    try:
        with transaction.atomic():
            chunk = _take(run)
            if chunk is None:
                return None
            ids = _due(chunk, run.until)
            invoices, parked = _bill(ids, run.until, run.pk, terms, rates, now)
            _done(chunk, len(invoices), parked, now)
            return chunk
    except (IntegrityError, DataError):
        return _one_by_one(run, terms, rates, now)


def _one_by_one(
    run: BillingRun, terms: dict[int, Terms], rates: vat.Rates, now: datetime
) -> BillingChunk | None:
    """Something in the next range is refused: find out what, so that the others get their invoice."""
    with transaction.atomic():
        chunk = _take(run)
        ids = _due(chunk, run.until) if chunk else []
    if chunk is None:
        return None
    invoices = sum(len(_alone(pk, run.until, run.pk, terms, rates, now)) for pk in ids)
    parked = BillingAccount.objects.filter(pk__in=ids, parked_at__isnull=False).count()
    _done(chunk, invoices, parked, now)
    return chunk


def _take(run: BillingRun) -> BillingChunk | None:
    free = BillingChunk.objects.select_for_update(of=("self",), skip_locked=True)
    return free.filter(run=run, rated_at=None).order_by("pk").first()


def _done(chunk: BillingChunk, invoices: int, parked: int, now: datetime) -> None:
    BillingChunk.objects.filter(pk=chunk.pk).update(rated_at=now, invoices=invoices, parked=parked)


def _due(chunk: BillingChunk, until: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ({DUE}) AS due WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id",  # noqa: S608
            {"until": until, "first": chunk.first_account, "last": chunk.last_account},
        )
        return [row[0] for row in cursor.fetchall()]


def _alone(
    account_id: int, until: date, run_id: int | None, terms: dict[int, Terms], rates: vat.Rates, now: datetime
) -> list[int]:
    try:
        with transaction.atomic():
            return _bill([account_id], until, run_id, terms, rates, now)[0]
    except (IntegrityError, DataError) as refused:
        _park({account_id: str(refused).split("\n")[0]}, now)
        return []


def _bill(
    account_ids: Sequence[int],
    until: date,
    run_id: int | None,
    terms: dict[int, Terms],
    rates: vat.Rates,
    now: datetime,
) -> tuple[list[int], int]:
    """Rate, reconcile and issue for these accounts; (ids of documents, how many were parked)."""
    ids = _lock_accounts(account_ids)
    found = reading.read_range(account_ids=ids, until=until)
    concerned = sorted({*found.contracts, *found.charges})
    who = buyers.read_buyers(concerned)
    drafts: list[Draft] = []
    moved: list[tuple[int, date | None]] = []
    failed: dict[int, str] = {}
    for account_id in concerned:
        try:
            lines, onward = _lines_of(account_id, found, terms, rates, until)
        except CANNOT as reason:
            failed[account_id] = f"{type(reason).__name__}: {reason}"
            continue
        moved += onward
        if lines:
            buyer = who[account_id]
            drafts.append(
                Draft(account_id, buyer.language, buyer.is_consumer, buyer.document, lines, buyer.audience)
            )
    issued = issuing.issue(drafts, issued_on=local_date(now), now=now, run_id=run_id)
    with connection.cursor() as cursor:
        cursor.execute(MOVE_ON, [[pk for pk, _ in moved], [day for _, day in moved]])
    _park(failed, now)
    return issued, len(failed)


def _lock_accounts(account_ids: Sequence[int]) -> list[int]:
    locked = BillingAccount.objects.select_for_update(of=("self",), no_key=True)
    rows = locked.filter(pk__in=account_ids, parked_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _lines_of(
    account_id: int, found: reading.Range, terms: dict[int, Terms], rates: vat.Rates, until: date
) -> tuple[list[Line], list[tuple[int, date | None]]]:
    lines: list[Line] = []
    onward: list[tuple[int, date | None]] = []
    for facts in found.contracts.get(account_id, ()):
        lines += _lines_of_contract(facts, found, terms, rates, until, onward)
    lines += [line_of(row, rates) for row in found.charges.get(account_id, ())]
    return lines, onward


def _lines_of_contract(
    facts: Facts,
    found: reading.Range,
    terms: dict[int, Terms],
    rates: vat.Rates,
    until: date,
    onward: list[tuple[int, date | None]],
) -> list[Line]:
    rated = rate(facts=facts, terms=terms, rates=rates, until=until)
    onward.append((facts.id, rated.next_on))
    billed = found.billed.get(facts.id) or {}
    return reconciling.lines_due(facts=facts, rated=rated, billed=billed, terms=terms)


def _park(failed: dict[int, str], now: datetime) -> None:
    for account_id, reason in failed.items():
        BillingAccount.objects.filter(pk=account_id).update(parked_at=now, parked_because=reason)
