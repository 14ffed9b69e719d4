"""Giving drafts their numbers: document, lines, open item, books and journal in one pass.

The only place that numbers. All rows go in by COPY or set SQL; the row of the number series is
locked last and only until the commit, so that several workers rate side by side and numbers have
no gap: they are taken in the transaction that writes the documents.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from journal import bulk
from subscriptions.billing import ledger
from subscriptions.billing.drafts import Draft, Totals, sum_up
from subscriptions.models import Creditor, Invoice, LedgerTransaction, NumberSeries

DIGITS = 6
PAYMENT_DAYS = 14  # unless the house's bank data say otherwise

LINE_COLUMNS = (
    "invoice_id, position, kind, text, quantity, unit, unit_cents, amount_cents, net_cents, vat_code, "
    "vat_rate, service, contract_id, plan_version_id, component, round, charge_id"
)
INVOICE_COLUMNS = (
    "id, account_id, kind, series_id, number, code, issued_on, due_on, service, currency, language, "
    "is_gross, buyer, net_cents, tax_cents, gross_cents, taxes, corrects_id, run_id, created_at"
)
OPEN_ITEMS = """
INSERT INTO subscriptions_openitem
       (invoice_id, account_id, open_cents, due_on, settled_at, level, reminded_on, on_hold_because)
SELECT id, account_id, gross_cents, due_on, CASE WHEN gross_cents = 0 THEN created_at END, 0, NULL, ''
FROM subscriptions_invoice WHERE id = ANY(%s)
"""


class _Ready(NamedTuple):
    """A draft with its key, its sums and the series that numbers it."""

    id: int
    draft: Draft
    totals: Totals
    kind: str

    @property
    def series(self) -> str:
        return "credit" if self.kind == Invoice.Kind.CREDIT else "invoice"


def issue(
    drafts: Iterable[Draft],
    *,
    issued_on: date,
    now: datetime,
    by: Any | None = None,
    run_id: int | None = None,
) -> list[int]:
    """Number the drafts in their order and write all that belongs to them; returns their ids.

    ``issued_on`` is a civil day in Berlin. A total below zero becomes a credit note. Records
    ``subscriptions.invoice_issued`` for each. The database refuses a day in a closed month and a
    slice that is on a document already (IntegrityError).
    """
    given = [draft for draft in drafts if draft.lines]
    if not given:
        return []
    with transaction.atomic():
        ids = _reserve("subscriptions_invoice", len(given))
        ready = [_ready(pk, draft) for pk, draft in zip(ids, given, strict=True)]
        # Foreign keys are checked at commit: what needs no number goes in before the series is locked.
        _copy("subscriptions_invoiceline", LINE_COLUMNS, _line_rows(ready))
        _book(ready, issued_on, now)
        codes = _write_documents(ready, issued_on, now, run_id)
        with connection.cursor() as cursor:
            cursor.execute(OPEN_ITEMS, [ids])
        bulk.record_many(
            "subscriptions.invoice_issued",
            by=by,
            model=Invoice,
            happenings=[_happening(one, codes[one.id]) for one in ready],
            at=now,
        )
    return ids


def _ready(pk: int, draft: Draft) -> _Ready:
    totals = sum_up(draft)
    below = totals.net_cents + totals.tax_cents < 0
    return _Ready(pk, draft, totals, draft.kind or (Invoice.Kind.CREDIT if below else Invoice.Kind.INVOICE))


def _happening(one: _Ready, code: str) -> bulk.Happening:
    data = {
        "code": code,
        "kind": one.kind,
        "account": one.draft.account_id,
        "amount": one.totals.net_cents + one.totals.tax_cents,
    }
    return bulk.Happening(one.id, data, one.draft.audience)


def _line_rows(ready: Sequence[_Ready]) -> Iterable[tuple[Any, ...]]:
    for one in ready:
        for place, (line, net) in enumerate(zip(one.draft.lines, one.totals.nets, strict=True), start=1):
            yield (
                one.id,
                place,
                line.kind,
                line.text,
                line.quantity,
                line.unit,
                line.unit_cents,
                line.amount_cents,
                net,
                line.vat_code,
                line.vat_rate,
                f"[{line.first},{line.end})",
                line.contract_id,
                line.plan_version_id,
                line.component,
                line.round,
                line.charge_id,
            )


def _book(ready: Sequence[_Ready], booked_on: date, now: datetime) -> None:
    """Receivable against revenue and VAT: one transaction of the books for each document."""
    ids = _reserve("subscriptions_ledgertransaction", len(ready))
    _copy(
        "subscriptions_ledgertransaction",
        "id, key, kind, booked_on, invoice_id, created_at",
        (
            (pk, f"invoice:{one.id}", LedgerTransaction.Kind.INVOICE.value, booked_on, one.id, now)
            for pk, one in zip(ids, ready, strict=True)
        ),
    )
    _copy(
        "subscriptions_ledgerentry",
        "transaction_id, ledger_account_id, account_id, cents, vat_code, vat_rate",
        # A list: an account that is looked up while COPY is open would wait for ever.
        [row for pk, one in zip(ids, ready, strict=True) for row in _entry_rows(pk, one)],
    )


def _entry_rows(booking: int, one: _Ready) -> Iterable[tuple[Any, ...]]:
    account, totals = one.draft.account_id, one.totals
    gross = totals.net_cents + totals.tax_cents
    if gross:
        yield booking, ledger.account_id(ledger.RECEIVABLES), account, gross, "", None
    nets: dict[tuple[str, str, Any], int] = {}
    for line, net in zip(one.draft.lines, totals.nets, strict=True):
        side = (line.revenue, line.vat_code, line.vat_rate)
        nets[side] = nets.get(side, 0) + net
    for (code, vat_code, rate), cents in nets.items():
        if cents:
            yield booking, ledger.account_id(code), account, -cents, vat_code, rate
    for tax in totals.taxes:
        if tax["tax_cents"]:
            code = ledger.TAX_ACCOUNT[tax["code"]]
            yield booking, ledger.account_id(code), account, -tax["tax_cents"], tax["code"], tax["rate"]


def _write_documents(
    ready: Sequence[_Ready], issued_on: date, now: datetime, run_id: int | None
) -> dict[int, str]:
    """From here to the commit the series are locked: credit before invoice, always."""
    due_on = issued_on + timedelta(days=_payment_days())
    numbers = {
        series: iter(_take_numbers(series, sum(one.series == series for one in ready)))
        for series in sorted({one.series for one in ready})
    }
    codes: dict[int, str] = {}
    rows = []
    for one in ready:
        series_id, number, code = next(numbers[one.series])
        codes[one.id] = code
        draft, totals = one.draft, one.totals
        first, end = min(line.first for line in draft.lines), max(line.end for line in draft.lines)
        rows.append(
            (
                one.id,
                draft.account_id,
                str(one.kind),
                series_id,
                number,
                code,
                issued_on,
                due_on,
                f"[{first},{end})",
                "EUR",
                draft.language,
                draft.is_gross,
                json.dumps(draft.buyer),
                totals.net_cents,
                totals.tax_cents,
                totals.net_cents + totals.tax_cents,
                json.dumps(totals.taxes),
                draft.corrects_id,
                run_id,
                now,
            )
        )
    _copy("subscriptions_invoice", INVOICE_COLUMNS, rows)
    return codes


def _take_numbers(series: str, count: int) -> list[tuple[int, int, str]]:
    """``count`` consecutive (series, number, code); the series' row is locked until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE subscriptions_numberseries SET last_number = last_number + %s WHERE code = %s "
            "RETURNING id, prefix, last_number",
            [count, series],
        )
        row = cursor.fetchone()
    if row is None:
        raise NumberSeries.DoesNotExist(series)
    series_id, prefix, last = row
    return [
        (series_id, number, f"{prefix}{number:0{DIGITS}d}") for number in range(last - count + 1, last + 1)
    ]


def _payment_days() -> int:
    """Days to pay as the house set them."""
    days = Creditor.objects.values_list("payment_days", flat=True).first()
    return PAYMENT_DAYS if days is None else days


def _reserve(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    # Both names are constants of this module. psycopg's own copy raises its own errors.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
