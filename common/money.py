"""Money: integer cents and a currency. Rates and quantities are Decimal.

Multiply first, round once per line, half up (the commercial rounding of DIN 1333).
"""

from decimal import ROUND_HALF_UP, Decimal

from django.utils import formats, translation

NBSP = "\N{NO-BREAK SPACE}"
SYMBOLS = {"EUR": "€"}


def round_cents(amount: Decimal) -> int:
    """An exact amount in cents, rounded half up to whole cents."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def tax_of_gross(gross_cents: int, rate: Decimal) -> int:
    """The tax contained in a gross amount, in cents; ``rate`` 0.19 means 19 %."""
    return round_cents(Decimal(gross_cents) * rate / (1 + rate))


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
