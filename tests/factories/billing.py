"""Billing accounts and issued documents for tests: ``issued(line("Akku-Abo", 169_00))``.

Rows as the issuing pass writes them, without the pass: for tests of what happens to a document later.
"""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import factory
from django.db.backends.postgresql.psycopg_any import DateRange
from factory.django import DjangoModelFactory

from common.money import net_of
from subscriptions.invoices.sellers import Seller
from subscriptions.models import BillingAccount, Creditor, Invoice, InvoiceLine, NumberSeries, OpenItem
from tests.factories.accounts import UserFactory

NOVEMBER = (date(2026, 11, 1), date(2026, 12, 1))
ISSUED_ON = date(2026, 11, 23)
DUE_ON = date(2026, 12, 7)
MADE_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUSE = Seller(
    name="Nordlicht Mobilität GmbH",
    street="Stresemannstraße 12",
    postcode="22769",
    town="Hamburg",
    email="service@nordlicht.example",
    phone="+49 40 0000000",
    register="Amtsgericht Hamburg, HRB 123456",
    vat_id="DE136695976",
    tax_number="27/123/45678",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    account_name="Nordlicht Mobilität GmbH",
    creditor_id="DE98ZZZ09999999999",
)


class BillingAccountFactory(DjangoModelFactory[BillingAccount]):
    """A consumer's; ``holder=None, organisation=…`` is a company's."""

    class Meta:
        model = BillingAccount

    number = factory.Sequence(lambda n: f"KT-{n:06d}")
    holder = factory.SubFactory(UserFactory)
    created_at = MADE_AT


class Line(NamedTuple):
    """What a line says; ``cents`` is gross on a consumer's document and net on a company's."""

    text: str
    cents: int
    rate: str = "0.190"
    code: str = "standard"
    quantity: Decimal = Decimal(1)
    unit: str = ""
    kind: str = InvoiceLine.Kind.CHARGE
    service: tuple[date, date] = NOVEMBER


def line(text: str, cents: int, **said: Any) -> Line:
    return Line(text, cents, **said)


def set_up_creditor(**values: Any) -> Creditor:
    """The house's bank and tax data, as after the set-up."""
    found, _new = Creditor.objects.update_or_create(
        pk=1,
        defaults={
            "creditor_id": HOUSE.creditor_id,
            "name": HOUSE.account_name,
            "iban": HOUSE.iban,
            "bic": HOUSE.bic,
            "tax_number": HOUSE.tax_number,
            "vat_id": HOUSE.vat_id,
            **values,
        },
    )
    return found


def issued(
    *lines: Line, account: BillingAccount | None = None, kind: str = Invoice.Kind.INVOICE, **said: Any
) -> Invoice:
    """An issued document with an open item of its whole amount."""
    account = account or BillingAccountFactory.create()
    invoice = drafted(*lines, account=account, kind=kind, **said)
    series = invoice.series
    series.last_number += 1
    series.save()
    invoice.number, invoice.code = series.last_number, f"{series.prefix}{series.last_number:06d}"
    invoice.issued_on = said.get("issued_on", ISSUED_ON)
    invoice.due_on = said.get("due_on", DUE_ON)
    invoice.save()
    settled = MADE_AT if invoice.gross_cents == 0 else None
    OpenItem.objects.create(
        invoice=invoice,
        account=account,
        open_cents=invoice.gross_cents,
        due_on=invoice.due_on,
        settled_at=settled,
    )
    return invoice


def drafted(*lines: Line, account: BillingAccount, kind: str, **said: Any) -> Invoice:
    written = build(*lines, is_gross=account.by_consumer)
    code, prefix = ("credit", "GS-") if kind == Invoice.Kind.CREDIT else ("invoice", "RE-")
    series, _new = NumberSeries.objects.get_or_create(code=code, defaults={"prefix": prefix})
    invoice = Invoice.objects.create(
        account=account,
        kind=kind,
        series=series,
        service=said.get("service", DateRange(*NOVEMBER)),
        language=said.get("language", "de"),
        is_gross=account.by_consumer,
        buyer=said.get("buyer", BUYER),
        corrects=said.get("corrects"),
        created_at=MADE_AT,
        **written.totals,
    )
    for row in written.lines:
        row.invoice = invoice
    InvoiceLine.objects.bulk_create(written.lines)
    return invoice


BUYER = {
    "name": "Karla Lund",
    "lines": ["Elbchaussee 7", "22765 Hamburg"],
    "country": "DE",
    "vat_id": "",
    "reference": "",
    "email": "karla@example.org",
}


class Written(NamedTuple):
    lines: list[InvoiceLine]
    totals: dict[str, Any]


def build(*lines: Line, is_gross: bool) -> Written:
    """Lines and totals by the rules of the house: rounded once per line, tax per rate."""
    rows: list[InvoiceLine] = []
    net: dict[tuple[str, str], int] = defaultdict(int)
    gross: dict[tuple[str, str], int] = defaultdict(int)
    for position, each in enumerate(lines or (line("Akku-Abo 75 kWh", 169_00),), start=1):
        rate = Decimal(each.rate)
        row_net = net_of(each.cents, rate) if is_gross else each.cents
        net[each.code, each.rate] += row_net
        gross[each.code, each.rate] += each.cents
        rows.append(
            InvoiceLine(
                position=position,
                kind=each.kind,
                text=each.text,
                quantity=each.quantity,
                unit=each.unit,
                unit_cents=(Decimal(each.cents) / each.quantity).quantize(Decimal("0.0001")),
                amount_cents=each.cents,
                net_cents=row_net,
                vat_code=each.code,
                vat_rate=rate,
                service=DateRange(*each.service),
            )
        )
    taxes: list[dict[str, Any]] = []
    tax_sum = 0
    for key, cents in net.items():
        by_rate = (Decimal(cents) * Decimal(key[1])).quantize(Decimal(1), ROUND_HALF_UP)
        tax = gross[key] - cents if is_gross else int(by_rate)
        tax_sum += tax
        taxes.append({"code": key[0], "rate": key[1], "net_cents": cents, "tax_cents": tax})
    net_cents, tax_cents = sum(net.values()), tax_sum
    totals = {
        "net_cents": net_cents,
        "tax_cents": tax_cents,
        "gross_cents": net_cents + tax_cents,
        "taxes": taxes,
    }
    return Written(rows, totals)
