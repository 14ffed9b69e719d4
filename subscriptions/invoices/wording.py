"""What an invoice says, in words and formatted amounts: for the paper and for the page."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.money import NBSP, SYMBOLS, format_money
from common.templatetags.typography import number, short_day, unit
from subscriptions.invoices.einvoice import Means, address_of, terms_words
from subscriptions.invoices.sellers import Seller
from subscriptions.models import Invoice, InvoiceLine, VatRate

# Signs of units; what has none is only counted.
SIGNS = {"kwh": "kWh", "kwh_difference": "kWh", "km": "km", "minutes": "min", "gb": "GB", "hours": "h"}


class TaxRow(NamedTuple):
    rate: str
    net: str
    tax: str
    gross: str


def values_of(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    seller: Seller,
    means: Means,
    refers_to: Sequence[Invoice],
) -> dict[str, Any]:
    """All that UStG §14(4) asks for, in the active language, as invoice.typ sets it."""
    buyer = invoice.buyer
    amount = _("Amount incl. VAT") if invoice.is_gross else _("Amount")
    return {
        "title": f"{invoice.get_kind_display()} {invoice.code}",
        "from": f"{seller.name} · {seller.street} · {seller.postcode} {seller.town}",
        "to": [buyer["name"], *address_of(buyer), *_abroad(buyer)],
        "facts": _facts(invoice),
        "lead": lead(invoice, refers_to),
        "head": [_("No."), _("Item"), _("Quantity"), _("Price"), amount],
        "lines": [
            {
                "position": str(line.position),
                "text": line.text,
                "detail": _detail(line),
                "quantity": quantity(line),
                "price": price(line.unit_cents, invoice.currency),
                "amount": format_money(line.amount_cents, invoice.currency),
            }
            for line in lines
        ],
        "sums": sums(invoice),
        "total": {"name": total_name(invoice), "value": format_money(invoice.gross_cents, invoice.currency)},
        "taxes_title": _("Amounts by rate of VAT"),
        "taxes_head": [_("Rate"), _("Net"), _("VAT"), _("Gross")],
        "taxes": [list(row) for row in taxes(invoice)],
        "pay": _pay(invoice, seller, means),
        "notes": notes(invoice),
        "imprint": _imprint(seller),
    }


def lead(invoice: Invoice, refers_to: Sequence[Invoice]) -> str:
    """What a correcting or final document refers to (UStG §14(6), UStDV §31(5)); empty for others."""
    named = ", ".join(
        _("%(code)s of %(day)s") % {"code": each.code, "day": short_day(each.issued_on)} for each in refers_to
    )
    if not named:
        return ""
    if invoice.kind == Invoice.Kind.FINAL:
        return _("Deducted: the advance invoices %(codes)s.") % {"codes": named}
    return _("This corrects invoice %(codes)s.") % {"codes": named}


def sums(invoice: Invoice) -> list[tuple[str, str]]:
    """The way from net to gross."""
    return [
        (_("Net"), format_money(invoice.net_cents, invoice.currency)),
        (_("VAT"), format_money(invoice.tax_cents, invoice.currency)),
    ]


def total_name(invoice: Invoice) -> str:
    return _("Credit") if invoice.gross_cents < 0 else _("Total")


def taxes(invoice: Invoice) -> list[TaxRow]:
    """Net, tax and gross per rate (UStG §14(4) no. 7 and 8)."""
    rows = []
    for tax in invoice.taxes:
        net, cents = tax["net_cents"], tax["tax_cents"]
        amounts = (format_money(each, invoice.currency) for each in (net, cents, net + cents))
        rows.append(TaxRow(rate_words(tax["code"], Decimal(tax["rate"])), *amounts))
    return rows


def rate_words(code: str, rate: Decimal) -> str:
    if code == VatRate.Code.NONE:
        return _("outside the scope of VAT")
    return unit(rate * 100, "%")


def quantity(line: InvoiceLine) -> str:
    """``2``, ``70,077 kWh``."""
    sign = SIGNS.get(line.unit, "")
    return unit(line.quantity, sign) if sign else unit(line.quantity, "").rstrip(NBSP)


def price(cents: Decimal, currency: str) -> str:
    """Per unit; small ones to a hundredth of a cent, without empty decimals."""
    exact = (Decimal(cents) / 100).normalize()
    exponent = exact.as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    if decimals == 2:
        return format_money(int(cents), currency)
    return f"{number(exact, decimals)}{NBSP}{SYMBOLS.get(currency, currency)}"


def span(first: date, last: date) -> str:
    """``01.11.2026 – 30.11.2026``; one day is said once."""
    return short_day(first) if first == last else f"{short_day(first)}{NBSP}– {short_day(last)}"


def days_of(service: Any) -> str:
    return span(service.lower, service.upper - timedelta(days=1))


def notes(invoice: Invoice) -> list[str]:
    if invoice.kind == Invoice.Kind.ADVANCE:
        return [
            _("This is an advance invoice. What you pay now is deducted, with its tax, in the final one.")
        ]
    return []


def _detail(line: InvoiceLine) -> str:
    rate = rate_words(line.vat_code, line.vat_rate)
    if line.vat_code != VatRate.Code.NONE:
        rate = _("VAT %(rate)s") % {"rate": rate}
    return f"{days_of(line.service)} · {rate}"


def _facts(invoice: Invoice) -> list[tuple[str, str]]:
    buyer = invoice.buyer
    rows = [
        (_("Number"), str(invoice.code)),
        (_("Date"), short_day(invoice.issued_on)),
        (_("Service period"), days_of(invoice.service)),
        (_("Customer number"), invoice.account.number),
    ]
    if buyer.get("reference"):
        rows.append((_("Your reference"), buyer["reference"]))
    if buyer.get("vat_id"):
        rows.append((_("Your VAT id"), buyer["vat_id"]))
    return rows


def _abroad(buyer: dict[str, Any]) -> list[str]:
    country = buyer.get("country") or "DE"
    return [] if country == "DE" else [country]


def _pay(invoice: Invoice, seller: Seller, means: Means) -> dict[str, Any]:
    owed = means.kind == "transfer" and invoice.gross_cents > 0 and seller.iban
    facts = []
    if owed:
        facts = [
            (_("Account holder"), seller.account_name),
            (_("IBAN"), grouped(seller.iban)),
            (_("BIC"), seller.bic),
            (pgettext("of a bank transfer", "Purpose"), str(invoice.code)),
        ]
    elif means.kind == "debit":
        facts = [
            (_("Mandate"), means.mandate),
            (_("Creditor identifier"), seller.creditor_id),
            (_("From account"), f"{means.debtor_iban[:2]}•• … {means.debtor_iban[-4:]}"),
        ]
    return {
        "terms": terms_words(invoice, means),
        "facts": [row for row in facts if row[1]],
        "by_transfer": bool(owed),
        "svg": "",
        "alt": _("GiroCode: scan it with your banking app to fill in the transfer"),
        "caption": pgettext("below the QR code", "Scan to pay"),
    }


def grouped(iban: str) -> str:
    """In groups of four, as people read it aloud."""
    return NBSP.join(iban[n : n + 4] for n in range(0, len(iban), 4))


def _imprint(seller: Seller) -> str:
    parts = [
        f"{seller.name}, {seller.street}, {seller.postcode} {seller.town}",
        seller.register,
        _("VAT id %(number)s") % {"number": seller.vat_id} if seller.vat_id else "",
        _("Tax number %(number)s") % {"number": seller.tax_number} if seller.tax_number else "",
    ]
    return " · ".join(part.replace(" ", NBSP) for part in parts if part)
