"""The posting batch for the tax adviser: DATEV EXTF 700, category 21 (Buchungsstapel).

Semicolons, Windows-1252, decimal comma, CR LF; two header lines, then one line per booking leg.
Each booking has one leading account (its largest entry), and each other entry becomes a line against it,
so that the balances at the adviser's are those of the books.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from subscriptions.books import reading
from subscriptions.models import Creditor, LedgerAccount, LedgerEntry

COLUMNS = (
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
)
TEXT_LENGTH = 60
ACCOUNT_DIGITS = 4


class Posting(NamedTuple):
    """Half of one line: ``cents`` on ``account`` against ``against``; debit positive."""

    cents: int
    account: str
    against: str
    day: date
    document: str
    text: str


def unmapped() -> list[LedgerAccount]:
    """Accounts of the books without a number at the adviser's."""
    return list(LedgerAccount.objects.filter(datev_number=""))


def export(*, month: date, now: datetime) -> bytes:
    """The batch of one month. ``now`` is stamped into the header (Berlin wall clock does not matter).

    Raises Conflict when an account that was booked on has no number, or the adviser's are missing.
    """
    first, end = reading.month_span(month)
    house = Creditor.objects.first()
    if house is None or not house.datev_adviser or not house.datev_client:
        raise Conflict(
            _("The adviser's and the client's number are missing. Enter them with the bank data."),
            code="datev_numbers_missing",
        )
    postings = list(postings_of(reading.entries_in(first, end)))
    out = StringIO()
    out.write(";".join(_header(house, first, end, now)) + "\r\n")
    out.write(";".join(COLUMNS) + "\r\n")
    for each in postings:
        out.write(_line(each))
    return out.getvalue().encode("cp1252", "replace")


def postings_of(entries: QuerySet[LedgerEntry]) -> Iterator[Posting]:
    """Raises Conflict (datev_unmapped), naming the accounts without a number."""
    by_booking: dict[int, list[LedgerEntry]] = {}
    rows = entries.select_related("transaction__invoice", "ledger_account")
    for entry in rows.order_by("transaction_id", "pk"):
        by_booking.setdefault(entry.transaction_id, []).append(entry)
    missing = {
        each.ledger_account.name
        for group in by_booking.values()
        for each in group
        if not each.ledger_account.datev_number
    }
    if missing:
        raise Conflict(
            _("These accounts have no DATEV number: %(names)s.") % {"names": ", ".join(sorted(missing))},
            code="datev_unmapped",
        )
    for group in by_booking.values():
        yield from _against_leading(group)


def _against_leading(group: list[LedgerEntry]) -> Iterator[Posting]:
    """One entry leads and bears all the others, as their sum is its amount with the other sign."""
    leading = max(group, key=lambda each: abs(each.cents))
    booking = leading.transaction
    document = booking.invoice.code if booking.invoice and booking.invoice.code else booking.key
    for entry in group:
        if entry is not leading:
            yield Posting(
                entry.cents,
                entry.ledger_account.datev_number,
                leading.ledger_account.datev_number,
                booking.booked_on,
                document,
                entry.ledger_account.name,
            )


def _header(house: Creditor, first: date, end: date, now: datetime) -> list[str]:
    last = end - timedelta(days=1)
    fields = {
        0: '"EXTF"',
        1: "700",
        2: "21",
        3: '"Buchungsstapel"',
        4: "13",
        5: f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}",
        7: '"RE"',
        10: str(house.datev_adviser),
        11: str(house.datev_client),
        12: f"{first.year}0101",
        13: str(ACCOUNT_DIGITS),
        14: f"{first:%Y%m%d}",
        15: f"{last:%Y%m%d}",
        16: f'"{first:%m/%Y}"',
        18: "1",
        20: "1",  # fixed: the adviser's program changes nothing in it
        21: '"EUR"',
    }
    return [fields.get(place, "") for place in range(31)]


def _line(posting: Posting) -> str:
    amount = f"{Decimal(abs(posting.cents)) / 100:.2f}".replace(".", ",")
    cells = [
        amount,
        '"S"' if posting.cents > 0 else '"H"',
        '"EUR"',
        "",
        "",
        "",
        posting.account,
        posting.against,
        "",
        f"{posting.day:%d%m}",
        _quoted(posting.document[:36]),
        "",
        "",
        _quoted(posting.text[:TEXT_LENGTH]),
    ]
    return ";".join(cells) + "\r\n"


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
