"""Postal addresses of people and organisations: one of each purpose."""

from functools import lru_cache

from babel import Locale
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Address, Organisation, User
from accounts.organisations.organisations import require_administrator, require_running
from common.errors import Invalid, NotFound
from journal import log

FIRST = ("DE", "AT", "CH")
# CLDR's territories that are no countries with a post of their own.
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
# The lowest and the highest postcode that Deutsche Post has given out.
GERMAN_CODES = range(1001, 99999)

Purpose = Address.Purpose


def change_address(
    *,
    by: User,
    purpose: str = Purpose.HOME,
    street: str,
    postcode: str,
    town: str,
    country: str = "DE",
    recipient: str = "",
    extra: str = "",
    organisation: Organisation | None = None,
) -> Address:
    """Set the address of the actor, or of an organisation that they administer, for a purpose.

    Country is ISO 3166-1 alpha-2. Raises Invalid for an unknown purpose or country and for a
    German postcode that can't be one; for organisations what require_administrator raises.
    """
    values = {
        "recipient": _line(recipient),
        "extra": _line(extra),
        "street": _line(street),
        "town": _line(town),
        "country": country.upper(),
        "postcode": _postcode(postcode, country.upper()),
    }
    if purpose not in Purpose.values:
        raise Invalid(_("There is no such kind of address."), field="purpose")
    with transaction.atomic():
        if organisation is not None:
            require_administrator(by=by, organisation=organisation)
            address, __ = Address.objects.update_or_create(
                organisation=organisation, purpose=purpose, defaults=values
            )
            log.record("accounts.organisation_address_changed", by=by, subject=organisation, audience=[by])
        else:
            address, __ = Address.objects.update_or_create(user=by, purpose=purpose, defaults=values)
            log.record(
                "accounts.address_changed", by=by, subject=by, data={"purpose": purpose}, audience=[by]
            )
    return address


def remove_address(*, by: User, purpose: str) -> None:
    """Delete the actor's address for a purpose. Raises NotFound when there is none."""
    with transaction.atomic():
        gone, __ = Address.objects.filter(user=by, purpose=purpose).delete()
        if not gone:
            raise NotFound(_("There is no such address."))
        log.record("accounts.address_removed", by=by, subject=by, data={"purpose": purpose}, audience=[by])


def addresses_of(user: User) -> dict[str, Address]:
    """The person's addresses by purpose; one query."""
    return {address.purpose: address for address in Address.objects.filter(user=user)}


def invoice_address(*, by: User, organisation: Organisation) -> Address:
    """Where an organisation's invoices go.

    Raises OrganisationNotFound for whoever does not run it, NotFound while there is none.
    """
    require_running(by=by, organisation=organisation)
    found = Address.objects.filter(organisation=organisation, purpose=Purpose.INVOICE).first()
    if found is None:
        raise NotFound(_("There is no such address."))
    return found


def country_choices() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with their names in the active language, the neighbours first."""
    return list(_countries((translation.get_language() or "de")[:2]))


def country_name(code: str) -> str:
    return dict(country_choices()).get(code, code)


@lru_cache(maxsize=4)
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = {str(code): str(name) for code, name in Locale.parse(language).territories.items()}
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    codes.sort(key=lambda code: (code not in FIRST, _sorted_as(names[code])))
    return tuple((code, names[code]) for code in codes)


def _sorted_as(name: str) -> str:
    """Umlauts beside their vowels (DIN 5007-1)."""
    return name.translate(str.maketrans("ÄÖÜäöüÅÉ", "AOUaouAE"))


def _line(text: str) -> str:
    return " ".join(text.split())


def _postcode(typed: str, country: str) -> str:
    postcode = _line(typed).upper()
    if country not in dict(_countries("en")):
        raise Invalid(_("Please choose a country."), code="country_unknown", field="country")
    if not postcode and country != "DE":
        return postcode
    if country == "DE":
        if not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
            raise Invalid(_("A German postcode has five digits."), code="postcode_invalid", field="postcode")
        if int(postcode) not in GERMAN_CODES:
            raise Invalid(_("There is no such German postcode."), code="postcode_invalid", field="postcode")
    return postcode
