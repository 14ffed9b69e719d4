"""Names of countries in the reader's language."""

from django import template

from accounts.addresses import country_name

register = template.Library()


@register.filter
def country(code: str) -> str:
    """``AT`` → ``Österreich``."""
    return country_name(code)
