from decimal import Decimal

from django import template

from subscriptions.usage import words

register = template.Library()


@register.filter
def of_unit(quantity: Decimal, unit: str) -> str:
    """``3 swaps``, ``41,5 kWh``."""
    return words.amount(unit, quantity)
