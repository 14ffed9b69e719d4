"""The brand that every page, mail and code shows.

The settings' BRAND is what a new house starts with; the app that keeps the brand in the database
says here what stands instead.
"""

from collections.abc import Callable, Mapping
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings


def _nothing() -> Mapping[str, Any]:
    return {}


_kept: Callable[[], Mapping[str, Any]] = _nothing


def register_brand(read: Callable[[], Mapping[str, Any]]) -> None:
    """From the app that keeps the brand: ``read()`` answers what stands instead of the settings' BRAND."""
    global _kept
    _kept = read


def current() -> dict[str, Any]:
    """Name, legal name, address, e-mail, phone, colours, logo (a path below static) and logo_url."""
    return {**settings.BRAND, **_kept()}


def sender() -> str:
    """From whom mails are: the brand's name with the address that the settings name."""
    return formataddr((str(current()["name"]), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def name_for(_request: object) -> str:
    """The brand's name, for the back office, which asks by request."""
    return str(current()["name"])
