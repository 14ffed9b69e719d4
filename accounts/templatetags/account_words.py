"""Words of the account's pages."""

from django import template

from accounts.devices import device_words
from accounts.house import brand, desk_hours

register = template.Library()
register.filter("device", device_words)


@register.simple_tag(name="desk_hours")
def desk_hours_words() -> str:
    """When requests are answered, as the house has set it."""
    return desk_hours.in_words(brand.snapshot().desk)
