"""Words of the account's pages."""

from django import template

from accounts.devices import device_words

register = template.Library()
register.filter("device", device_words)
