"""The invoice for machines: EN 16931 as CII XML (profile EN 16931 of Factur-X/ZUGFeRD).

Everything comes from what the document holds, so that the same document gives the same bytes.
EN 16931 knows net amounts only: what a consumer agreed on with VAT stands here as net, too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from facturx.generate_xml import generate_cii_xml

from subscriptions.invoices.sellers import Seller
from subscriptions.models import Invoice, InvoiceLine, VatRate

PROFILE = "en16931"
FILE_NAME = "factur-x.xml"
# UNTDID 1001.
TYPES = {
    Invoice.Kind.INVOICE: "380",
    Invoice.Kind.CREDIT: "381",
    Invoice.Kind.ADVANCE: "386",
    Invoice.Kind.FINAL: "380",
}
# UN/ECE recommendation 20; what has no unit of its own is counted ("C62").
UNIT_CODES = {
    "kwh": "KWH",
    "kwh_difference": "KWH",
    "minutes": "MIN",
    "km": "KMT",
    "gb": "E34",
    "hour": "HUR",
    "hours": "HUR",
    "day": "DAY",
    "days": "DAY",
    "month": "MON",
    "months": "MON",
}
POSTCODE = re.compile(r"^(?:[A-Z]{1,3}-)?([0-9][0-9A-Z -]{2,8}[0-9A-Z]) +(\D.*)$")


@dataclass(frozen=True)
class Means:
    """How the invoice is to be paid: by transfer, unless a mandate or a card pays by itself."""

    kind: str = "transfer"  # "debit", "card", "none" (nothing is owed)
    mandate: str = ""
    debtor_iban: str = ""


def xml_of(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    seller: Seller,
    means: Means,
    refers_to: Sequence[Invoice] = (),
) -> bytes:
    """The XML of an issued document; ``refers_to`` are those that it corrects or deducts.

    A credit note (381) states positive amounts. Raises Conflict when the seller is incomplete.
    """
    seller.require_complete()
    sign = -1 if invoice.kind == Invoice.Kind.CREDIT else 1
    with translation.override(invoice.language):
        data: dict[str, Any] = {
            "BT-1": invoice.code,
            "BT-2": invoice.issued_on,
            "BT-3": TYPES[Invoice.Kind(invoice.kind)],
            "BT-5": invoice.currency,
            "BG-25": [_line(line, sign) for line in lines],
            "BG-4": _seller(seller),
            "BG-7": _buyer(invoice.buyer),
            "BG-23": [_tax(tax, sign) for tax in invoice.taxes],
            # With the day of completion, which the tax goes by (UStG §13, §14(4) no. 6).
            "BT-72": invoice.service.upper - timedelta(days=1),
            **_period(invoice.service, "BT-73", "BT-74"),
            **_totals(invoice, sign),
            **_means(invoice, seller, means),
        }
        if invoice.buyer.get("reference"):
            data["BT-10"] = invoice.buyer["reference"]
        if refers_to:
            data["BG-3"] = [{"BT-25": each.code, "BT-26": each.issued_on} for each in refers_to]
    # The tests check against schema and Schematron; here each look would cost three times the writing.
    xml: bytes = generate_cii_xml(data, level=PROFILE, check_xsd=False, check_schematron=False)
    return xml


def _seller(seller: Seller) -> dict[str, Any]:
    contact = {"name": seller.name, "phone": seller.phone, "email": seller.email}
    return _filled(
        {
            "name": seller.name,
            "vat_identifier": seller.vat_id,
            "tax_identifier": seller.tax_number,
            "legal_info": seller.register,
            "contacts": [_filled(contact)],
            "addr_l1": seller.street,
            "postcode": seller.postcode,
            "city": seller.town,
            "country_code": seller.country,
            **_mailbox(seller.email),
        }
    )


def _buyer(buyer: dict[str, Any]) -> dict[str, Any]:
    lines = address_of(buyer)
    place = POSTCODE.match(lines[-1]) if lines else None
    postcode, town = place.groups() if place else ("", lines[-1] if lines else "")
    first = [*lines[:-1], "", "", ""]
    return _filled(
        {
            "name": buyer["name"],
            "vat_identifier": buyer.get("vat_id"),
            "addr_l1": first[0],
            "addr_l2": first[1],
            "addr_l3": first[2],
            "postcode": postcode,
            "city": town,
            "country_code": buyer.get("country") or "DE",
            **_mailbox(buyer.get("email")),
        }
    )


def address_of(buyer: dict[str, Any]) -> list[str]:
    """The lines of the buyer's address below the name."""
    return [line for line in buyer.get("lines", []) if line and line != buyer["name"]]


def _mailbox(email: str | None) -> dict[str, str]:
    return {"einvoicing_addr": email, "einvoicing_addr_schemeid": "EM"} if email else {}


def _line(line: InvoiceLine, sign: int) -> dict[str, Any]:
    """A price is never below zero (BR-27): of what is deducted the quantity is."""
    net = sign * line.net_cents
    quantity = abs(line.quantity) or Decimal(1)
    price = (Decimal(abs(net)) / 100 / quantity).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return {
        "BT-126": str(line.position),
        "BT-153": line.text,
        "BT-129": _plain(-quantity if net < 0 else quantity),
        "BT-130": UNIT_CODES.get(line.unit, "C62"),
        "BT-131": money(net),
        "BT-146": _plain(price),
        "BT-151": _category(line.vat_code),
        "BT-152": percent(line.vat_rate),
        **_period(line.service, "BT-134", "BT-135"),
    }


def _tax(tax: dict[str, Any], sign: int) -> dict[str, Any]:
    shown = {
        "BT-116": money(sign * tax["net_cents"]),
        "BT-117": money(sign * tax["tax_cents"]),
        "BT-118": _category(tax["code"]),
        "BT-119": percent(Decimal(tax["rate"])),
    }
    if tax["code"] == VatRate.Code.NONE:
        shown["BT-120"] = _("outside the scope of VAT")
    return shown


def _category(vat_code: str) -> str:
    """UNTDID 5305. "O" (outside) could not stand beside taxed lines nor with our VAT id (BR-O-2, BR-O-11),
    so such lines are exempt ("E") with their reason."""
    return "E" if vat_code == VatRate.Code.NONE else "S"


def _totals(invoice: Invoice, sign: int) -> dict[str, str]:
    net, tax, gross = (
        money(sign * cents) for cents in (invoice.net_cents, invoice.tax_cents, invoice.gross_cents)
    )
    # A final invoice deducts by lines, with their tax (UStG §14(5)): nothing is left to be "prepaid".
    return {"BT-106": net, "BT-109": net, "BT-110": tax, "BT-112": gross, "BT-115": gross}


def _means(invoice: Invoice, seller: Seller, means: Means) -> dict[str, Any]:
    """UNTDID 4461, and the day and words of the terms."""
    said: dict[str, Any] = {
        "BT-9": invoice.due_on,
        "BT-20": terms_words(invoice, means),
        "BT-83": invoice.code,
    }
    if means.kind == "debit" and means.mandate and seller.creditor_id:
        said |= {
            "BT-81": "59",
            "BT-89": means.mandate,
            "BT-90": seller.creditor_id,
            "BT-91": means.debtor_iban,
        }
    elif means.kind == "card":
        said["BT-81"] = "48"
    elif means.kind != "none" and seller.iban:
        said |= {"BT-81": "58", "BT-84": seller.iban, "BT-85": seller.account_name, "BT-86": seller.bic}
    return _filled(said)


def terms_words(invoice: Invoice, means: Means) -> str:
    """How it is paid, in the active language: the same sentence in the XML, the PDF and the mail."""
    day = invoice.due_on.strftime("%d.%m.%Y") if invoice.due_on else ""
    if invoice.gross_cents < 0:
        return _("The amount is set off against what is open, or paid out to you.")
    if invoice.gross_cents == 0 or means.kind == "none":
        return _("Nothing is to be paid.")
    if means.kind == "debit":
        return _("We collect the amount on or after %(day)s by SEPA direct debit.") % {"day": day}
    if means.kind == "card":
        return _("We charge your card.")
    return _("Please pay by %(day)s, naming the invoice number.") % {"day": day}


def _period(span: Any, first: str, last: str) -> dict[str, Any]:
    return {first: span.lower, last: span.upper - timedelta(days=1)}


def money(cents: int) -> str:
    """Euros with two decimals and a point, as the standard wants them."""
    return f"{Decimal(cents) / 100:.2f}"


def percent(rate: Decimal) -> str:
    return f"{rate * 100:.2f}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}
