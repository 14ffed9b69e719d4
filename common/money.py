"""Money: integer cents and a currency."""

from decimal import Decimal

from django.utils import formats, translation

NBSP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"EUR": "€"}


def format_money(cents: int, currency: str = "EUR") -> str:
    """``169,00 €`` in German, ``€169.00`` in English."""
    sign = "-" if cents < 0 else ""
    number = formats.number_format(
        Decimal(abs(cents)) / 100, decimal_pos=2, use_l10n=True, force_grouping=True
    )
    symbol = SYMBOLS.get(currency, currency)
    if (translation.get_language() or "de").startswith("en"):
        return f"{sign}{symbol}{number}"
    return f"{sign}{number}{NBSP}{symbol}"
