"""Money: integer cents and a currency."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats, translation

from common.writing import restyle

NBSP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"EUR": "€"}


def format_money(cents: int, currency: str = "EUR") -> str:
    """``169,00 €`` in German, ``€169.00`` in English; the marks as the reader chose."""
    sign = "-" if cents < 0 else ""
    number = formats.number_format(
        Decimal(abs(cents)) / 100, decimal_pos=2, use_l10n=True, force_grouping=True
    )
    number = restyle(
        number,
        decimal=formats.get_format("DECIMAL_SEPARATOR"),
        thousands=formats.get_format("THOUSAND_SEPARATOR"),
    )
    symbol = SYMBOLS.get(currency, currency)
    if (translation.get_language() or "de").startswith("en"):
        return f"{sign}{symbol}{number}"
    return f"{sign}{number}{NBSP}{symbol}"


def net_of(cents: int, vat_rate: Decimal) -> int:
    """The part of a price that is not VAT, in cents, rounded half up once."""
    return int((Decimal(cents) / (1 + vat_rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
