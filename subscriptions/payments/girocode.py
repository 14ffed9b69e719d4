"""The GiroCode: a QR code that banking apps read (EPC069-12, version 002)."""

from decimal import Decimal
from io import BytesIO

import segno.helpers

from subscriptions.models import Invoice, OpenItem
from subscriptions.payments import creditors

MOST_CENTS = 999_999_999_99  # EPC069-12, field 8


def svg_for(invoice: Invoice) -> str:
    """The code that pays what is open of an invoice, as an SVG drawing; empty when nothing is to be paid
    or the house's account is unknown."""
    code = _code_for(invoice)
    if code is None:
        return ""
    out = BytesIO()
    code.save(out, kind="svg", xmldecl=False, svgns=True, border=2, scale=4, dark="#000", light="#fff")
    return out.getvalue().decode()


def picture_for(invoice: Invoice) -> str:
    """The same as a data: address for an <img>."""
    code = _code_for(invoice)
    return "" if code is None else str(code.svg_data_uri(border=2, scale=4, dark="#000", light="#fff"))


def _code_for(invoice: Invoice) -> "segno.QRCode | None":
    creditor = creditors.current()
    cents = _open_cents(invoice)
    if not creditor.iban or not 0 < cents <= MOST_CENTS:
        return None
    return segno.helpers.make_epc_qr(
        name=creditor.name,
        iban=creditor.iban,
        amount=Decimal(cents) / 100,
        text=invoice.code or "",
        bic=creditor.bic or None,
        encoding="utf-8",
    )


def _open_cents(invoice: Invoice) -> int:
    item = OpenItem.objects.filter(invoice=invoice).first()
    return invoice.gross_cents if item is None else item.open_cents
